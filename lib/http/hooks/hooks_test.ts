import { assertEquals } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { FakeGateway, helloRun } from "../testing.ts";
import type { HookAction, HookCall, HttpHooks, MappedHook } from "./types.ts";

const TOKEN = "hook-token";

/** A gateway with webhooks, and what they were asked for. */
class FakeHooks {
  readonly actions: HookAction[] = [];
  readonly calls: HookCall[] = [];
  readonly #gateway: FakeGateway;

  constructor(over: Partial<HttpHooks> = {}, isStarting = false) {
    const hooks: HttpHooks = {
      path: "/hooks",
      maxBodyBytes: 1000,
      authorize: (token) => token === TOKEN ? { ok: true } : { ok: false },
      map: () => Promise.resolve(undefined),
      dispatch: (action, call) => {
        this.actions.push(action);
        this.calls.push(call);
        return Promise.resolve(
          action.kind === "wake" ? { mode: action.mode } : { runId: "the-run" },
        );
      },
      ...over,
    };
    this.#gateway = new FakeGateway(helloRun, { hooks: () => hooks, isStarting: () => isStarting });
  }

  get errors() {
    return this.#gateway.errors;
  }

  /** The answer to a request: status, body, and the headers that say more. */
  async send(path: string, init: RequestInit = {}): Promise<unknown[]> {
    const response = await this.#gateway.send(path, { method: "POST", ...init });
    const { headers } = response;
    const type = headers.get("content-type");
    const text = await response.text();
    const body = type?.startsWith("application/json") ? JSON.parse(text) : text;
    const more = ["allow", "retry-after"].flatMap((name) => headers.get(name) ?? []);
    return [response.status, body, ...more];
  }

  /** The answer to a body with the right token. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown[]> {
    return this.send(path, {
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }
}

Deno.test("webhooks look at query, method, token and path in this order", async () => {
  const hooks = new FakeHooks();
  const right = { authorization: `Bearer ${TOKEN}` };
  const rule = "Hook token must be provided via Authorization: Bearer <token> or " +
    "X-OpenClaw-Token header (query parameters are not allowed).";
  const cases: [string, RequestInit, unknown[]][] = [
    ["/hooks/agent?token=", { method: "GET", headers: right }, [400, rule]],
    ["/hooks/agent", { method: "GET" }, [405, "Method Not Allowed", "POST"]],
    ["/hooks/agent", {}, [401, "Unauthorized"]],
    ["/hooks", {}, [401, "Unauthorized"]],
    ["/hooks", { headers: right }, [404, "Not Found"]],
    ["/hooks/", { headers: right }, [404, "Not Found"]],
    ["/hooks/none", { headers: right }, [404, "Not Found"]],
    ["/hooks/agent", { headers: { "x-openclaw-token": "x" } }, [401, "Unauthorized"]],
    ["/hooks/agent", { headers: { "x-openclaw-token": TOKEN } }, [400, {
      ok: false,
      error: "message required",
    }]],
    ["/hooks/agent", { headers: { authorization: `bearer  ${TOKEN} ` } }, [400, {
      ok: false,
      error: "message required",
    }]],
  ];
  for (const [path, init, expected] of cases) {
    assertEquals(await hooks.send(path, init), expected, path);
  }
});

Deno.test("webhooks say for how long an address is locked", async () => {
  const hooks = new FakeHooks({ authorize: () => ({ ok: false, retryAfterMs: 59_001 }) });
  assertEquals(await hooks.send("/hooks/agent"), [429, "Too Many Requests", "60"]);
});

Deno.test("webhooks own their path and nothing beside it", async () => {
  const hooks = new FakeHooks({ path: "/in/bound" });
  assertEquals((await hooks.send("/in/bound/wake"))[0], 401);
  assertEquals((await hooks.send("/in/boundless/wake"))[0], 404);
  assertEquals((await hooks.send("/hooks/wake"))[0], 404);
  assertEquals((await new FakeHooks({}, true).send("/hooks/wake"))[0], 503);
});

Deno.test("wake takes a text and a mode", async () => {
  const hooks = new FakeHooks();
  assertEquals(await hooks.post("/hooks/wake", { text: " up " }), [200, { ok: true, mode: "now" }]);
  assertEquals(await hooks.post("/hooks/wake", { text: "up", mode: "next-heartbeat" }), [
    200,
    { ok: true, mode: "next-heartbeat" },
  ]);
  assertEquals((await hooks.post("/hooks/wake/", { text: "up", mode: 7 }))[0], 200);
  assertEquals(
    hooks.actions.map((action) => action.kind === "wake" && [action.text, action.mode]),
    [
      ["up", "now"],
      ["up", "next-heartbeat"],
      ["up", "now"],
    ],
  );
  for (const body of [{}, { text: "  " }, { text: 3 }, [], "null", '"text"', ""]) {
    assertEquals(await hooks.post("/hooks/wake", body), [
      400,
      { ok: false, error: "text required" },
    ]);
  }
});

Deno.test("agent takes what fits and leaves the rest", async () => {
  const hooks = new FakeHooks();
  const plain: HookAction = {
    kind: "agent",
    message: "do",
    name: "Hook",
    wakeMode: "now",
    deliver: true,
    channel: "last",
  };
  const cases: [Record<string, unknown>, HookAction][] = [
    [{}, plain],
    [{ name: 1, deliver: "no", channel: "", timeoutSeconds: -1, thinking: [], to: null }, plain],
    [{ allowUnsafeExternalContent: true, kind: "wake", runId: "x" }, plain],
    [{ timeoutSeconds: 0.5, deliver: false, wakeMode: "next-heartbeat" }, {
      ...plain,
      timeoutSeconds: 0.5,
      deliver: false,
      wakeMode: "next-heartbeat",
    }],
    [{ name: "CI", agentId: "ops", sessionKey: "hook:x", channel: "Last", to: "a", model: "m" }, {
      ...plain,
      name: "CI",
      agentId: "ops",
      sessionKey: { key: "hook:x", isRequested: true },
      to: "a",
      model: "m",
    }],
  ];
  for (const [fields, expected] of cases) {
    assertEquals(await hooks.post("/hooks/agent", { message: " do ", ...fields }), [
      200,
      { ok: true, runId: "the-run" },
    ]);
    assertEquals(hooks.actions.at(-1), expected);
  }
  for (const model of ["", "  ", 3, null]) {
    assertEquals(await hooks.post("/hooks/agent", { message: "do", model }), [
      400,
      { ok: false, error: "model required" },
    ]);
  }
});

Deno.test("mappings decide about all other paths", async () => {
  let mapped: MappedHook | null = null;
  const hooks = new FakeHooks({ map: () => Promise.resolve(mapped) });
  assertEquals(await hooks.post("/hooks/a/b", {}), [204, ""]);
  const answer = async (fields: Record<string, unknown>, isSessionKeyRequested = false) => {
    mapped = { fields, isSessionKeyRequested };
    const [status, body] = await hooks.post("/hooks/a/b", {});
    return [status, (body as { error?: string }).error];
  };
  assertEquals(await answer({ kind: "agent", message: " " }), [
    400,
    "hook mapping requires message",
  ]);
  assertEquals(await answer({ kind: "wake", message: "x" }), [400, "hook mapping requires text"]);
  assertEquals(await answer({ kind: "wake", text: "x", wakeMode: "next-heartbeat" }), [
    200,
    undefined,
  ]);
  assertEquals(hooks.actions.at(-1), { kind: "wake", text: "x", mode: "next-heartbeat" });
  const fields = {
    message: "x",
    model: " ",
    sessionKey: "hook:x",
    allowUnsafeExternalContent: true,
  };
  assertEquals(await answer(fields), [200, undefined]);
  assertEquals(hooks.actions.at(-1), {
    kind: "agent",
    message: "x",
    name: "Hook",
    wakeMode: "now",
    deliver: true,
    channel: "last",
    sessionKey: { key: "hook:x", isRequested: false },
    allowUnsafeExternalContent: true,
  });
  assertEquals(hooks.calls.at(-1)?.path, "a/b");
});

Deno.test("a call carries the request without its token", async () => {
  const hooks = new FakeHooks();
  await hooks.post("/hooks/wake?a=1", { text: "x" }, {
    cookie: "c=1",
    "x-openclaw-token": "other",
    "X-Event": "push",
  });
  const { headers, url } = hooks.calls[0]!;
  assertEquals([headers["x-event"], url.searchParams.get("a")], ["push", "1"]);
  assertEquals(
    ["authorization", "cookie", "x-openclaw-token"].filter((name) => name in headers),
    [],
  );
});

Deno.test("the idempotency key comes from either header, then the body", async () => {
  const hooks = new FakeHooks();
  const keyOf = async (headers: Record<string, string>, fields: Record<string, unknown> = {}) => {
    await hooks.post("/hooks/agent", { message: "x", ...fields }, headers);
    return hooks.calls.at(-1)!.idempotencyKey;
  };
  const [first, second] = ["idempotency-key", "x-openclaw-idempotency-key"];
  assertEquals(await keyOf({}), undefined);
  assertEquals(await keyOf({}, { idempotencyKey: " c " }), "c");
  assertEquals(await keyOf({ [second!]: "b" }, { idempotencyKey: "c" }), "b");
  assertEquals(await keyOf({ [first!]: "a", [second!]: "b" }, { idempotencyKey: "c" }), "a");
  assertEquals(await keyOf({ [first!]: "x".repeat(256) }), "x".repeat(256));
  assertEquals(await keyOf({ [first!]: "x".repeat(257) }), undefined);
  assertEquals(await keyOf({}, { idempotencyKey: 3 }), undefined);
});

Deno.test("bodies are refused in the envelope of the webhooks", async () => {
  const hooks = new FakeHooks({ path: "/inbound" });
  const [status, body] = await hooks.post("/inbound/agent", "{bad");
  assertEquals([status, (body as { ok: boolean }).ok], [400, false]);
  assertEquals(await hooks.post("/inbound/agent", { message: "x".repeat(1000) }), [
    413,
    { ok: false, error: "Payload too large" },
  ]);
});

Deno.test("failures keep their status, and unexpected ones their secret", async () => {
  const failing = (error: Error) => new FakeHooks({ dispatch: () => Promise.reject(error) });
  const refused = failing(new AppError("HOOK_MAPPING_FAILED", "hook mapping failed"));
  const body = { message: "x" };
  assertEquals(await refused.post("/hooks/agent", body), [
    500,
    { ok: false, error: "hook mapping failed" },
  ]);
  const broken = failing(new Error("the payload was x"));
  assertEquals(await broken.post("/hooks/agent", body), [
    500,
    { ok: false, error: "internal error" },
  ]);
  assertEquals([refused.errors.length, broken.errors.length], [0, 1]);
});
