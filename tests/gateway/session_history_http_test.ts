import { assert, assertEquals, assertMatch } from "@std/assert";
import { waitUntil } from "../../scripts/harness/gateway.ts";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { EventStream } from "../harness/event_stream.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const AUTH = { authorization: `Bearer ${TOKEN}` };
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

interface Scene {
  gateway: TestGateway;
  socket: TestSocket;
  /** Asks for a path with the token, unless told otherwise. */
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  json(path: string, headers?: Record<string, string>): Promise<Frame>;
}

async function withScene(
  test: (scene: Scene) => Promise<void>,
  config: Frame = {},
  options: TestGatewayOptions = {},
): Promise<void> {
  await using provider = new FakeProvider();
  await using gateway = await TestGateway.start({
    config: { ...provider.config, ...config },
    ...options,
  });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const get = (path: string, headers: Record<string, string> = AUTH, method = "GET") =>
    fetch(`${gateway.httpUrl}${path}`, { method, headers });
  const json = async (path: string, headers?: Record<string, string>) => {
    const response = await get(path, headers);
    return { status: response.status, ...await response.json() };
  };
  await test({ gateway, socket, get, json });
}

/** Sends a message and waits for its end. */
async function say(
  socket: TestSocket,
  message: string,
  sessionKey = "main",
  attachments: Frame[] = [],
): Promise<void> {
  const idempotencyKey = crypto.randomUUID();
  await socket.call("chat.send", { sessionKey, message, idempotencyKey, attachments });
  await socket.event("chat", ({ runId, state }) => runId === idempotencyKey && state === "final");
}

function texts(messages: Frame[]): string[] {
  return messages.map(({ content }) => content[0].text);
}

Deno.test("history: a transcript whole, and page by page", () =>
  withScene(async ({ socket, json }) => {
    for (const word of ["one", "two", "three"]) await say(socket, word);
    const whole = await json("/sessions/main/history");
    assertEquals(whole.status, 200);
    assertEquals([whole.sessionKey, whole.hasMore, "nextCursor" in whole], [
      "agent:main:main",
      false,
      false,
    ]);
    assertEquals(whole.items, whole.messages);
    assertEquals(texts(whole.messages), [
      "one",
      "echo: one",
      "two",
      "echo: two",
      "three",
      "echo: three",
    ]);
    assertEquals(whole.messages.map((message: Frame) => message.__openclaw.seq), [
      ...[1, 2, 3, 4, 5, 6],
    ]);
    const key = encodeURIComponent("agent:main:main");
    const newest = await json(`/sessions/${key}/history?limit=4`);
    assertEquals([newest.messages.length, newest.hasMore, newest.nextCursor], [4, true, "3"]);
    for (const cursor of ["3", "seq:3"]) {
      const older = await json(`/sessions/${key}/history?limit=4&cursor=${cursor}`);
      assertEquals(texts(older.messages), ["one", "echo: one"]);
      assertEquals(older.hasMore, false);
    }
    for (const limit of ["0", "-1", "x", "NaN", "1e-9"]) {
      const one = await json(`/sessions/main/history?limit=${limit}`);
      assertEquals(texts(one.messages), ["echo: three"], limit);
    }
    assertEquals((await json("/sessions/main/history?limit=99999")).messages.length, 6);
    assertEquals((await json("/sessions/main/history?cursor=bad")).messages.length, 6);
  }));

Deno.test("history: more than one reading of the store is one answer", () =>
  withScene(async ({ gateway, json }) => {
    const { store } = gateway.gateway.state;
    await store.patchSession("agent:main:long", {}, { agentId: "main" });
    await Promise.all(
      Array.from({ length: 450 }, (_, index) =>
        store.appendMessage("agent:main:long", {
          role: "user",
          content: [{ type: "text", text: `${index + 1}` }],
          timestamp: index,
        })),
    );
    const { messages, hasMore } = await json("/sessions/long/history");
    assertEquals([messages.length, hasMore], [450, false]);
    assertEquals([messages[0].content[0].text, messages[449].content[0].text], ["1", "450"]);
    const page = await json("/sessions/long/history?limit=300&cursor=401");
    assertEquals([page.messages.length, page.nextCursor], [300, "101"]);
  }));

Deno.test("history: texts are cut as the web chat is configured", () =>
  withScene(async ({ socket, json }) => {
    await say(socket, "x".repeat(100));
    const { messages } = await json("/sessions/main/history?limit=2");
    assert(messages[0].content[0].text.length <= 20, messages[0].content[0].text);
  }, { gateway: { mode: "local", webchat: { chatHistoryMaxChars: 20 } } }));

Deno.test("history: refusals", () =>
  withScene(async ({ get, json, gateway }) => {
    const failure = async (path: string, headers?: Record<string, string>) => {
      const { status, ok, error } = await json(path, headers);
      assertEquals(ok, false);
      return `${status} ${error.type} ${error.message}`;
    };
    assertEquals(
      await failure("/sessions/%zz/history"),
      "400 invalid_request_error invalid session key",
    );
    for (const key of ["%20", "agent:", ":x", "a%00b", "x".repeat(600)]) {
      assertEquals(
        await failure(`/sessions/${key}/history`),
        "400 invalid_request_error invalid session key",
        key,
      );
    }
    assertEquals(
      await failure("/sessions/agent:main:none/history"),
      "404 not_found Session not found: agent:main:none",
    );
    assertEquals((await json("/sessions/main/history", {})).status, 401);
    for (const path of ["/sessions//history", "/sessions/a/b/history", "/sessions/history"]) {
      assertEquals((await json(path)).status, 404, path);
    }
    const posted = await get("/sessions/main/history", AUTH, "POST");
    assertEquals([posted.status, await posted.text()], [405, "Method Not Allowed"]);
    assertEquals(gateway.gateway.state.store.countSessions(), 0);
  }));

Deno.test("history: a stream begins with what was said and goes on with what is", () =>
  withScene(async ({ gateway, socket, json }) => {
    await say(socket, "before");
    const url = `${gateway.httpUrl}/sessions/main/history`;
    await using stream = await EventStream.open(url, AUTH);
    assertEquals(stream.response.status, 200);
    assertMatch(stream.response.headers.get("content-type")!, /^text\/event-stream/);
    const first = await stream.next();
    assertEquals([first?.event, stream.retryMs], ["history", 1000]);
    const { status: _status, ...page } = await json("/sessions/main/history");
    assertEquals(first?.data, page);
    await say(socket, "hello");
    for (const [seq, text] of [[3, "hello"], [4, "echo: hello"]] as const) {
      const added = await stream.next();
      assertEquals(added?.event, "message");
      assertEquals([added?.data.sessionKey, added?.data.messageSeq], ["agent:main:main", seq]);
      assertEquals(added?.data.message.content[0].text, text);
      assertEquals(added?.data.messageId, added?.data.message.__openclaw.id);
    }
    await say(socket, "elsewhere", "agent:main:other");
    await socket.call("sessions.reset", { key: "main", reason: "reset" });
    const fresh = await stream.next();
    assertEquals([fresh?.event, fresh?.data.messages], ["history", []]);
    await say(socket, "again");
    assertEquals((await stream.next())?.data.messageSeq, 1);
  }));

Deno.test("history: a stream of a page is the whole page at each change", () =>
  withScene(async ({ gateway, socket }) => {
    await say(socket, "one");
    const url = `${gateway.httpUrl}/sessions/main/history?limit=1`;
    await using stream = await EventStream.open(url, AUTH);
    assertEquals(texts((await stream.next())?.data.messages), ["echo: one"]);
    await say(socket, "two");
    let page = await stream.next();
    while (page?.data.messages[0].content[0].text === "two") page = await stream.next();
    assertEquals([page?.event, texts(page?.data.messages)], ["history", ["echo: two"]]);
    assertEquals(page?.data.nextCursor, "4");
  }));

Deno.test("history: a slow reader gets everything, and nothing is kept for it", () =>
  withScene(async ({ gateway }) => {
    const { store, sessionEvents } = gateway.gateway.state;
    const key = "agent:main:busy";
    await store.patchSession(key, {}, { agentId: "main" });
    await using stream = await EventStream.open(`${gateway.httpUrl}/sessions/busy/history`, AUTH);
    assertEquals((await stream.next())?.data.messages, []);
    const text = "x".repeat(4000);
    for (let index = 0; index < 1000; index++) {
      const message = {
        role: "user" as const,
        content: [{ type: "text" as const, text }],
        timestamp: 1,
      };
      const stored = await store.appendMessage(key, message);
      sessionEvents.appended(key, [stored]);
    }
    for (let seq = 1; seq <= 1000; seq++) {
      assertEquals((await stream.next())?.data.messageSeq, seq);
    }
  }));

Deno.test("history: a stream ends with its session, and with the gateway", () =>
  withScene(async ({ gateway, socket }) => {
    await say(socket, "one", "agent:main:gone");
    await say(socket, "one");
    const open = (key: string) =>
      EventStream.open(`${gateway.httpUrl}/sessions/${key}/history`, AUTH);
    await using gone = await open("gone");
    await using kept = await open("main");
    await Promise.all([gone.next(), kept.next()]);
    await socket.call("sessions.delete", { key: "agent:main:gone" });
    assertEquals(await gone.next(), undefined);
    const closing = gateway.gateway.close();
    assertEquals(await kept.next(), undefined);
    await closing;
  }));

Deno.test("history: streams are bounded in number, and those that went away do not count", () =>
  withScene(async ({ gateway, socket, json }) => {
    await say(socket, "one");
    const url = `${gateway.httpUrl}/sessions/main/history`;
    const streams = await Promise.all(
      Array.from({ length: 40 }, () => EventStream.open(url, AUTH)),
    );
    await Promise.all(streams.map((stream, index) => index % 2 ? stream.next() : undefined));
    await Promise.all(streams.map((stream) => stream.close()));
    const { sessionEvents } = gateway.gateway.state;
    const stops: (() => void)[] = [];
    await waitUntil("a thousand free places", () => {
      while (stops.length < 1000) {
        const stop = sessionEvents.watch("agent:main:main", () => {});
        if (stop === undefined) return Promise.resolve(false);
        stops.push(stop);
      }
      return Promise.resolve(true);
    });
    const full = await json("/sessions/main/history", { ...AUTH, accept: "text/event-stream" });
    assertEquals([full.status, full.error.code, full.ok], [503, "UNAVAILABLE", false]);
    stops.forEach((stop) => stop());
    await using stream = await EventStream.open(url, AUTH);
    assertEquals((await stream.next())?.event, "history");
  }));

Deno.test("history: nothing more is sent to a credential that was taken back", () =>
  withScene(async ({ gateway, socket }) => {
    await say(socket, "one");
    const { state } = gateway.gateway;
    await using stream = await EventStream.open(`${gateway.httpUrl}/sessions/main/history`, AUTH);
    assertEquals((await stream.next())?.event, "history");
    state.authenticator.replace({ secret: "another-token-0123456789" });
    const message = {
      role: "user" as const,
      content: [{ type: "text" as const, text: "private" }],
      timestamp: 1,
    };
    const stored = await state.store.appendMessage("agent:main:main", message);
    state.sessionEvents.appended("agent:main:main", [stored]);
    assertEquals(await stream.next(), undefined);
  }));

Deno.test("history: streams that a changed credential ends are no guesses at the new one", () =>
  withScene(
    async ({ gateway, socket, get }) => {
      await say(socket, "one");
      const { state } = gateway.gateway;
      const url = `${gateway.httpUrl}/sessions/main/history`;
      const streams = await Promise.all([1, 2, 3, 4, 5].map(() => EventStream.open(url, AUTH)));
      await Promise.all(streams.map((stream) => stream.next()));
      const secret = "another-token-0123456789";
      state.authenticator.replace({ secret });
      state.sessionEvents.changed("agent:main:main", "reset");
      await state.store.resetSession("agent:main:main", "reset");
      state.sessionEvents.changed("agent:main:main", "reset");
      for (const stream of streams) assertEquals(await stream.next(), undefined);
      const response = await get("/sessions/main/history", { authorization: `Bearer ${secret}` });
      await response.body?.cancel();
      assertEquals(response.status, 200);
    },
    {
      gateway: {
        mode: "local",
        auth: { rateLimit: { maxAttempts: 3, exemptLoopback: false } },
      },
    },
  ));

Deno.test("kill: ends what runs, for an administrator here and for the session that began it", () =>
  withScene(async ({ gateway, socket }) => {
    const child = "agent:main:subagent:one";
    await socket.call("sessions.create", { key: child });
    await socket.call("sessions.patch", { key: child, spawnedBy: "agent:main:main" });
    const kill = async (key: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${gateway.httpUrl}/sessions/${key}/kill`, {
        method: "POST",
        headers: { ...AUTH, ...headers },
      });
      const body = await response.json();
      return body.ok
        ? `${response.status} ${body.killed}`
        : `${response.status} ${body.error.message}`;
    };
    const begin = async (runId: string) => {
      await socket.call("chat.send", { sessionKey: child, message: "wait", idempotencyKey: runId });
      await socket.event("agent", (event) => event.runId === runId && event.stream === "assistant");
    };
    const refusal =
      "403 Session kills require a local admin request or requester session ownership.";
    assertEquals(await kill(child), "200 false");
    await begin("r1");
    assertEquals(await kill(child), "200 true");
    await socket.event("chat", ({ runId, state }) => runId === "r1" && state === "aborted");
    await begin("r2");
    const requester = (key: string) => ({ "x-openclaw-requester-session-key": key });
    assertEquals(await kill(child, requester("agent:main:other")), refusal);
    assertEquals(await kill(child, requester(child)), refusal);
    assertEquals(await kill(child, { "x-forwarded-for": "192.0.2.1" }), refusal);
    assertEquals(gateway.gateway.state.runs.activeOf(child).length, 1);
    assertEquals(
      await kill(child, { ...requester("main"), "x-forwarded-for": "192.0.2.1" }),
      "200 true",
    );
    assertEquals(await kill("agent:main:none"), "404 Session not found: agent:main:none");
    assertEquals(await kill("%zz"), "400 invalid session key");
  }));

Deno.test("kill: who waits for the run is told so that no client begins it anew", () =>
  withScene(async ({ gateway, socket }) => {
    const key = "agent:main:killed";
    const waiting = fetch(`${gateway.httpUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { ...AUTH, "x-openclaw-session-key": key },
      body: JSON.stringify({ messages: [{ role: "user", content: "wait" }] }),
    });
    await socket.event("agent", (event) => event.stream === "assistant");
    const killed = await fetch(`${gateway.httpUrl}/sessions/${key}/kill`, {
      method: "POST",
      headers: AUTH,
    });
    assertEquals(await killed.json(), { ok: true, killed: true });
    const answer = await waiting;
    const { error } = await answer.json();
    assertEquals([answer.status, error.type, error.code], [499, "api_error", "RUN_ABORTED"]);
  }));

Deno.test("kill: needs admin, or write where the session that began it asks", async () => {
  await using gateway = await TestGateway.start({ secret: { mode: "none" } });
  const { store } = gateway.gateway.state;
  const extra = { spawnedBy: "agent:main:main" };
  await store.patchSession("agent:main:subagent:one", { extra }, { agentId: "main" });
  const kill = async (headers: Record<string, string>) => {
    const url = `${gateway.httpUrl}/sessions/agent:main:subagent:one/kill`;
    const response = await fetch(url, { method: "POST", headers });
    return `${response.status} ${(await response.json()).error?.message ?? "ok"}`;
  };
  const requester = { "x-openclaw-requester-session-key": "main" };
  assertEquals(await kill({}), "200 ok");
  assertEquals(
    await kill({ "x-openclaw-scopes": "operator.write" }),
    "403 missing scope: operator.admin",
  );
  assertEquals(await kill({ ...requester, "x-openclaw-scopes": "operator.write" }), "200 ok");
  assertEquals(
    await kill({ ...requester, "x-openclaw-scopes": "operator.read" }),
    "403 missing scope: operator.write",
  );
  assertEquals(await kill({ "x-openclaw-scopes": "" }), "403 missing scope: operator.write");
});

Deno.test("media: pictures of a conversation have an address that belongs to it alone", () =>
  withScene(async ({ get, json, socket }) => {
    const attachment = { mimeType: "image/png", content: PIXEL };
    await say(socket, "look", "main", [attachment]);
    await say(socket, "look", "agent:main:other", [attachment]);
    const [message] = (await json("/sessions/main/history")).messages;
    const { url, openUrl, omitted, data } = message.content[1];
    assertEquals([openUrl, omitted, data], [url, true, undefined]);
    assertMatch(
      url,
      /^\/api\/chat\/media\/outgoing\/agent%3Amain%3Amain\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\/full$/,
    );
    const history = (await socket.call("chat.history", { sessionKey: "main" })).payload;
    assertEquals(history.messages[0].content[1].url, url);
    const picture = await get(url);
    assertEquals(
      [picture.status, picture.headers.get("content-type"), picture.headers.get("cache-control")],
      [200, "image/png", "private, max-age=31536000, immutable"],
    );
    assertMatch(picture.headers.get("content-security-policy")!, /sandbox/);
    assertEquals((await picture.bytes()).toBase64(), PIXEL);
    const head = await get(url, AUTH, "HEAD");
    assertEquals([head.status, await head.text()], [200, ""]);
    const id = url.split("/").at(-2)!;
    const elsewhere = [
      `/api/chat/media/outgoing/agent%3Amain%3Aother/${id}/full`,
      `/api/chat/media/outgoing/main/${id.replace(/^.{8}/, "00000002")}/full`,
      `/api/chat/media/outgoing/main/${id.replace(/^.{13}/, "00000001-0000")}/full`,
      `/api/chat/media/outgoing/main/${id.replace(/^.{13}/, "ffffffff-ffff")}/full`,
      `/api/chat/media/outgoing/main/${crypto.randomUUID()}/full`,
      "/api/chat/media/outgoing/main/..%2f..%2fopenclaw.json/full",
      "/api/chat/media/outgoing/%zz/x/full",
      `/api/chat/media/outgoing/main/${id}`,
      `/api/chat/media/outgoing/main/${id}/full/more`,
    ];
    for (const path of elsewhere) {
      const response = await get(path);
      assertEquals([response.status, await response.text()], [404, "not found"], path);
    }
    const status = async (path: string) => {
      const response = await get(path);
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await status(`/api/chat/media/outgoing/main/${id}/full`), 200);
    await socket.call("sessions.reset", { key: "main" });
    assertEquals(await status(url), 200, "an address stays good");
    assertEquals((await json(url, {})).status, 401);
  }));

Deno.test("media: pictures are the owner's", async () => {
  await using gateway = await TestGateway.start({ secret: { mode: "none" } });
  const url = `${gateway.httpUrl}/api/chat/media/outgoing/main/${crypto.randomUUID()}/full`;
  const response = await fetch(url, { headers: { "x-openclaw-scopes": "operator.read" } });
  const { error } = await response.json();
  assertEquals([response.status, error.message], [403, "owner access required"]);
});

Deno.test("media: what a client calls a picture is not shown as a page", () =>
  withScene(async ({ get, json, socket }) => {
    const content = btoa('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
    await say(socket, "look", "main", [{ mimeType: "image/svg+xml", content }]);
    const [message] = (await json("/sessions/main/history")).messages;
    const response = await get(message.content[1].url);
    await response.body?.cancel();
    assertEquals(
      [response.headers.get("content-type"), response.headers.get("content-disposition")],
      ["application/octet-stream", "attachment"],
    );
  }));

Deno.test("assistant media: files of the workspace, for a credential or a ticket", () =>
  withScene(async ({ gateway, get, json }) => {
    const workspace = gateway.gateway.state.agents().agents[0]!.workspace;
    await Deno.mkdir(`${workspace}/.secret`, { recursive: true });
    await Deno.mkdir(`${gateway.stateDir}/${"w".repeat(3)}`);
    await Deno.writeTextFile(`${workspace}/a b.png`, "picture");
    await Deno.writeTextFile(`${workspace}/page.html`, "<script>");
    await Deno.writeTextFile(`${workspace}/.secret/key`, "secret");
    await Deno.symlink(`${gateway.stateDir}/openclaw.json`, `${workspace}/link.png`);
    await Deno.symlink(gateway.stateDir, `${workspace}/up`);
    await Deno.symlink(`${workspace}/a b.png`, `${workspace}/inside.png`);
    const path = (source: string, more = "") =>
      `/__openclaw__/assistant-media?source=${encodeURIComponent(source)}${more}`;
    const cases: [source: string, code: string][] = [
      [`${gateway.stateDir}/openclaw.json`, "outside-allowed-folders"],
      ["/etc/passwd", "outside-allowed-folders"],
      ["/etc/no-such-file", "outside-allowed-folders"],
      ["a b.png", "outside-allowed-folders"],
      [`${workspace}/../openclaw.json`, "outside-allowed-folders"],
      [`${workspace}/link.png`, "outside-allowed-folders"],
      [`${workspace}/up/openclaw.json`, "outside-allowed-folders"],
      [`${workspace}-other/x.png`, "outside-allowed-folders"],
      [`${workspace}/.secret/key`, "blocked-local-file"],
      [`${workspace}/none.png`, "file-not-found"],
      [`${workspace}/a b.png/x`, "file-not-found"],
      [workspace, "not-a-file"],
      [`${workspace}/a\0.png`, "invalid-file"],
      ["file://elsewhere/a.png", "invalid-file"],
      ["", "invalid-file"],
    ];
    for (const [source, code] of cases) {
      const meta = await json(path(source, "&meta=1"));
      assertEquals(
        [meta.available, meta.code, typeof meta.reason],
        [false, code, "string"],
        source,
      );
      const file = await get(path(source));
      assertEquals([file.status, await file.text()], [404, "Not Found"], source);
    }
    const source = `${workspace}/a b.png`;
    for (const good of [source, `${workspace}/inside.png`, `file://${encodeURI(source)}`]) {
      const file = await get(path(good));
      assertEquals([file.status, await file.text()], [200, "picture"], good);
      assertEquals(file.headers.get("content-type"), "image/png");
    }
    const head = await get(path(source), AUTH, "HEAD");
    assertEquals([head.status, head.headers.get("content-length"), await head.text()], [
      200,
      "7",
      "",
    ]);
    const page = await get(path(`${workspace}/page.html`));
    assertEquals(page.headers.get("content-type"), "application/octet-stream");
    await page.body?.cancel();
    assertEquals((await json(path(source), {})).status, 401);
    assertEquals((await json(path(source, `&token=${TOKEN}`), {})).status, 401);
    const { mediaTicket, mediaTicketExpiresAt } = await json(path(source, "&meta=1"));
    const left = Date.parse(mediaTicketExpiresAt) - Date.now();
    assert(left > 290_000 && left <= 300_000, `${left}`);
    const ticketed = await get(path(source, `&mediaTicket=${mediaTicket}`), {});
    assertEquals([ticketed.status, await ticketed.text()], [200, "picture"]);
    const [version, expiresAt, mac] = mediaTicket.split(".");
    const forged = [
      path(`${workspace}/page.html`, `&mediaTicket=${mediaTicket}`),
      path(source, `&mediaTicket=${version}.${Number(expiresAt) + 1}.${mac}`),
      path(source, `&mediaTicket=${version}.${expiresAt}.${"A".repeat(43)}`),
      path(source, `&mediaTicket=${version}.1.${mac}`),
      path(source, "&mediaTicket=x"),
      path(source, `&mediaTicket=${mediaTicket}&meta=1`),
    ];
    for (const each of forged) assertEquals((await json(each, {})).status, 401, each);
  }));
