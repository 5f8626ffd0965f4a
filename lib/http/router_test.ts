import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeGateway, LOCAL_PEER, REMOTE_PEER, TEST_TOKEN } from "./testing.ts";

const AUTH = { authorization: `Bearer ${TEST_TOKEN}` };

Deno.test("createHttpHandler() puts the common headers on every answer", async () => {
  const gateway = new FakeGateway(undefined, { strictTransportSecurity: () => "max-age=60" });
  for (const path of ["/", "/healthz", "/nothing", "/v1/models", "/v1/nothing"]) {
    const response = await gateway.send(path);
    await response.body?.cancel();
    assertEquals(response.headers.get("x-content-type-options"), "nosniff", path);
    assertEquals(response.headers.get("referrer-policy"), "no-referrer");
    assertStringIncludes(response.headers.get("permissions-policy")!, "camera=()");
    assertEquals(response.headers.get("strict-transport-security"), "max-age=60");
    assertMatch(response.headers.get("x-request-id")!, /^[0-9a-f-]{36}$/);
    assertFalse(response.headers.has("access-control-allow-origin"));
  }
});

Deno.test("createHttpHandler() takes over a plain request id and no other", async () => {
  const gateway = new FakeGateway();
  const idFor = async (id: string) => {
    const response = await gateway.send("/healthz", { headers: { "x-request-id": id } });
    await response.body?.cancel();
    return response.headers.get("x-request-id");
  };
  assertEquals(await idFor("req-1.a:b_c"), "req-1.a:b_c");
  assertMatch((await idFor("<script>"))!, /^[0-9a-f-]{36}$/);
  assertMatch((await idFor("a".repeat(129)))!, /^[0-9a-f-]{36}$/);
});

Deno.test("createHttpHandler() tells the end of a connection that it does not read on", async () => {
  const gateway = new FakeGateway();
  const endFor = async (path: string, size: number, headers: HeadersInit = {}) => {
    const body = "x".repeat(size);
    const response = await gateway.send(path, { method: "POST", body, headers });
    await response.body?.cancel();
    return [response.status, response.headers.get("connection")];
  };
  assertEquals(await endFor("/v1/chat/completions", 10), [401, null], "a small body is taken");
  const large = { "content-length": "1500000" };
  assertEquals(await endFor("/v1/chat/completions", 10, large), [401, "close"]);
  assertEquals(await endFor("/v1/nothing", 1_500_000), [404, "close"]);
  const declared = { ...AUTH, "content-length": "300000000" };
  assertEquals(await endFor("/v1/chat/completions", 10, declared), [413, "close"]);
});

Deno.test("createHttpHandler() answers a wrong method with 405 and Allow", async () => {
  const gateway = new FakeGateway();
  const cases = [
    ["DELETE", "/healthz", "GET, HEAD"],
    ["OPTIONS", "/v1/models", "GET"],
    ["OPTIONS", "/v1/chat/completions", "POST"],
    ["GET", "/v1/chat/completions", "POST"],
    ["POST", "/", "GET, HEAD"],
  ];
  for (const [method, path, allow] of cases) {
    const response = await gateway.send(path!, { method });
    assertEquals([response.status, response.headers.get("allow")], [405, allow!], path);
    assertEquals(await response.text(), "Method Not Allowed");
  }
  assertEquals(gateway.authorizations, 0);
});

Deno.test("createHttpHandler() never answers an API path with HTML or text", async () => {
  const gateway = new FakeGateway();
  const paths = [
    "/v1",
    "/v1/foo",
    "/v1/%zz",
    "/tools/x",
    "/hooks/x",
    "/sessions/x",
    "/api",
    "/V1/foo",
  ];
  for (const path of paths) {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const response = await gateway.send(path, { method });
      assertEquals(response.status, 404, path);
      assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
      assert("error" in await response.json());
    }
  }
});

Deno.test("createHttpHandler() names the right path to a client with a wrong base URL", async () => {
  const gateway = new FakeGateway();
  const cases = [
    ["/chat/completions", "/v1/chat/completions"],
    ["/v1/v1/chat/completions", "/v1/chat/completions"],
    ["/v1/chat/completions/", "/v1/chat/completions"],
    ["/v1/completions", "/v1/chat/completions"],
    ["/api/chat/completions", "/v1/chat/completions"],
    ["/models", "/v1/models"],
    ["/models/openclaw", "/v1/models"],
  ];
  for (const [path, right] of cases) {
    const response = await gateway.send(path!, { method: "POST" });
    const { error } = await response.json();
    assertEquals([response.status, error.code], [404, "NOT_FOUND"]);
    assertStringIncludes(error.message, `use "${right}"`);
  }
});

Deno.test("createHttpHandler() names the paths of tools, sessions and webhooks to who misses them", async () => {
  const cases: [path: string, remedy: string][] = [
    ["/tools", 'use "/tools/invoke"'],
    ["/tools/list", 'use "/tools/invoke"'],
    ["/sessions", 'use "/sessions/<key>/history" or "/sessions/<key>/kill"'],
    ["/sessions/agent/main/history", "the key percent-encoded"],
    ["/hooks/wake", "webhooks are off, or at another path"],
  ];
  for (const [path, remedy] of cases) {
    const response = await new FakeGateway().send(path);
    const { ok, error } = await response.json();
    assertEquals([response.status, ok], [404, false]);
    assertStringIncludes(error.message ?? error, remedy);
    assertFalse(JSON.stringify(error).includes("/v1"), path);
  }
});

Deno.test("createHttpHandler() answers other unclaimed paths with a plain 404", async () => {
  for (const path of ["/foo", "/health/", "/favicon.ico", "//v1/models"]) {
    const response = await new FakeGateway().send(path);
    assertEquals([response.status, await response.text()], [404, "Not Found"]);
    assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  }
});

Deno.test("createHttpHandler() says how to switch an endpoint on", async () => {
  const gateway = new FakeGateway(undefined, { isEndpointEnabled: () => false });
  const chat = await gateway.chat({});
  const { error } = await chat.json();
  assertEquals([chat.status, error.code], [404, "ENDPOINT_DISABLED"]);
  assertStringIncludes(error.hint, "gateway.http.endpoints.chatCompletions.enabled");
  const models = await gateway.send("/v1/models", { headers: AUTH });
  assertEquals((await models.json()).error.code, "ENDPOINT_DISABLED");
});

Deno.test("createHttpHandler() lists models when only responses are switched on", async () => {
  const gateway = new FakeGateway(undefined, { isEndpointEnabled: (name) => name === "responses" });
  const response = await gateway.send("/v1/models", { headers: AUTH });
  await response.body?.cancel();
  assertEquals(response.status, 200);
});

Deno.test("createHttpHandler() refuses missing and wrong credentials alike", async () => {
  const gateway = new FakeGateway();
  for (const headers of [new Headers(), new Headers({ authorization: "Bearer wrong" })]) {
    const response = await gateway.send("/v1/models", { headers });
    const { error } = await response.json();
    assertEquals(response.status, 401);
    assertEquals([error.message, error.type], ["Unauthorized", "unauthorized"]);
  }
});

Deno.test("createHttpHandler() answers a locked-out caller with 429 and Retry-After", async () => {
  const gateway = new FakeGateway(undefined, {
    authorize: () => ({ ok: false, status: 429, retryAfterMs: 1_001 }),
  });
  const response = await gateway.send("/v1/models");
  assertEquals([response.status, response.headers.get("retry-after")], [429, "2"]);
  const { error } = await response.json();
  assertEquals(error.type, "rate_limited");
  assertEquals(error.message, "Too many failed authentication attempts. Please try again later.");
});

Deno.test("createHttpHandler() asks for read on models and write on chat", async () => {
  const withScopes = (...scopes: string[]) =>
    new FakeGateway(undefined, {
      authorize: () => ({ ok: true, scopes, isOwner: false, subject: "user:x" }),
    });
  const cases: [string[], number, number][] = [
    [[], 403, 403],
    [["operator.read"], 200, 403],
    [["operator.write"], 200, 200],
    [["operator.admin"], 200, 200],
    [["operator.pairing"], 403, 403],
  ];
  for (const [scopes, models, chat] of cases) {
    const gateway = withScopes(...scopes);
    const list = await gateway.send("/v1/models");
    const answer = await gateway.chat({ messages: [{ role: "user", content: "hi" }] });
    assertEquals([list.status, answer.status], [models, chat], scopes.join());
    await list.body?.cancel();
    if (chat !== 403) await answer.body?.cancel();
    else {
      const body = await answer.json();
      assertFalse(body.ok);
      assertEquals(body.error.type, "forbidden");
      assertEquals(body.error.message, "missing scope: operator.write");
    }
  }
});

Deno.test("createHttpHandler() refuses headers over 16 KiB", async () => {
  const gateway = new FakeGateway();
  const fits = await gateway.send("/healthz", { headers: { "x-a": "a".repeat(15_000) } });
  const large = await gateway.send("/healthz", { headers: { "x-a": "a".repeat(16_384) } });
  const longPath = await gateway.send("/" + "a".repeat(17_000));
  assertEquals([fits.status, large.status, longPath.status], [200, 431, 431]);
  await fits.body?.cancel();
  await longPath.body?.cancel();
  assertEquals((await large.json()).error.code, "HEADERS_TOO_LARGE");
});

Deno.test("createHttpHandler() hides an unexpected failure and reports it", async () => {
  const gateway = new FakeGateway(undefined, {
    agents: () => {
      throw new Error("disk on fire");
    },
  });
  const response = await gateway.send("/v1/models", { headers: AUTH });
  const body = await response.text();
  assertEquals(response.status, 500);
  assertEquals(JSON.parse(body).error.message, "internal error");
  assertFalse(body.includes("fire"));
  assertEquals(gateway.errors.length, 1);
});

Deno.test("createHttpHandler() shows a small page without scripts at /", async () => {
  const gateway = new FakeGateway();
  const response = await gateway.send("/", {}, REMOTE_PEER);
  const html = await response.text();
  const policy = response.headers.get("content-security-policy")!;
  assertEquals(response.status, 200);
  assert(html.length < 3 * 1024);
  assertFalse(html.includes("<script"));
  assertStringIncludes(html, "http://gateway.test/v1");
  assertStringIncludes(html, 'openclaw agent --message "hello"');
  assertStringIncludes(policy, "default-src 'none'");
  assertFalse(policy.includes("unsafe"));
  const style = /<style>([^]*)<\/style>/.exec(html)![1]!;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  assertStringIncludes(policy, `'sha256-${new Uint8Array(digest).toBase64()}'`);
});

Deno.test("createHttpHandler() never writes a strange host name into the page", async () => {
  const request = { url: `http://a"onload=x/`, method: "GET", headers: new Headers() };
  const response = await new FakeGateway().handle(request as Request, LOCAL_PEER);
  const html = await response.text();
  assertFalse(html.includes("onload"));
  assertStringIncludes(html, "http://127.0.0.1:18789/v1");
});

Deno.test("createHttpHandler() answers HEAD without a body", async () => {
  for (const path of ["/", "/health", "/readyz"]) {
    const response = await new FakeGateway().send(path, { method: "HEAD" });
    const whole = await new FakeGateway().send(path);
    assertEquals([response.status, response.body], [200, null]);
    assertEquals(response.headers.get("content-length"), String((await whole.bytes()).length));
    assert(response.headers.has("x-request-id"));
  }
});
