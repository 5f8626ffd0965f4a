import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { MethodResults } from "../results/mod.ts";
import { METHOD_ACCESS } from "../scopes.ts";
import {
  isKnownMethod,
  METHODS,
  offeredMethods,
  parseConnectParams,
  UNAVAILABLE_METHODS,
  validateParams,
} from "./mod.ts";
import type { MethodName } from "./mod.ts";

const connect = {
  minProtocol: 4,
  maxProtocol: 4,
  client: { id: "cli", version: "1", platform: "linux", mode: "cli" },
  role: "operator",
  scopes: ["operator.read"],
  caps: [],
  auth: { token: "t" },
};

Deno.test("parseConnectParams() accepts what clients send", () => {
  assertEquals(parseConnectParams(connect), { ok: true, params: connect } as unknown);
  const device = { id: "a", publicKey: "b", signature: "c", signedAt: 1, nonce: "" };
  assert(parseConnectParams({ ...connect, device, locale: "en", userAgent: "" }).ok);
  assert(parseConnectParams({ ...connect, permissions: { camera: true }, pathEnv: "/bin" }).ok);
});

Deno.test("parseConnectParams() refuses in the words of the wire", () => {
  const cases: [params: unknown, problem: string][] = [
    [{ ...connect, client: { ...connect.client, id: "ios-node" } }, "at /client/id: " + ALLOWED],
    [
      { ...connect, client: { ...connect.client, mode: "operator" } },
      "at /client/mode: " + ALLOWED,
    ],
    [{ ...connect, bogus: 1 }, "at root: unexpected property 'bogus'"],
    [{ ...connect, minProtocol: 0 }, "at /minProtocol: must be >= 1"],
    [{ ...connect, auth: { secret: "x" } }, "at /auth: unexpected property 'secret'"],
    [
      { ...connect, device: { id: "a", publicKey: "b", signature: "c", signedAt: 1 } },
      "at /device: must have required property 'nonce'",
    ],
    [
      { ...connect, client: { id: "cli", platform: "linux", mode: "cli" } },
      "at /client: must have required property 'version'",
    ],
    [
      {},
      "must have required property 'minProtocol'; must have required property 'maxProtocol'; " +
      "must have required property 'client'",
    ],
  ];
  for (const [params, problem] of cases) {
    assertEquals(parseConnectParams(params), {
      ok: false,
      message: `invalid connect params: ${problem}`,
    });
  }
});

const ALLOWED = "must be equal to one of the allowed values";

Deno.test("validateParams() accepts the calls of known clients", () => {
  const calls: [method: MethodName, params: unknown][] = [
    ["health", {}],
    ["health", { probe: true, later: 1 }],
    ["status", { includeChannelSummary: false }],
    ["system-presence", {}],
    ["config.get", {}],
    ["channels.status", { probe: false, timeoutMs: 8000 }],
    ["logs.tail", { limit: 200, maxBytes: 250000 }],
    ["agents.list", {}],
    ["chat.history", { sessionKey: "main", limit: 100, maxChars: 4000 }],
    ["chat.send", { sessionKey: "main", message: "", deliver: false, idempotencyKey: "k" }],
    ["chat.abort", { sessionKey: "main" }],
    ["sessions.list", { limit: 5, search: "k", includeGlobal: false, agentId: "main" }],
    ["sessions.subscribe", null],
    ["agent.wait", { runId: "r", timeoutMs: 0 }],
    ["agent", {
      message: "hi",
      agentId: "main",
      sessionKey: "agent:main:main",
      deliver: false,
      timeout: 600,
      idempotencyKey: "k",
    }],
  ];
  for (const [method, params] of calls) {
    const result = validateParams(method, params);
    assert(result.ok, `${method}: ${result.ok ? "" : result.error.message}`);
    assertEquals(result.params as unknown, params);
  }
});

Deno.test("validateParams() refuses with the method and every problem", () => {
  const calls: [method: MethodName, params: unknown, problem: string][] = [
    ["status", { x: 1 }, "at root: unexpected property 'x'"],
    ["config.get", null, "must be object"],
    ["logs.tail", { limit: 5001 }, "at /limit: must be <= 5000"],
    ["logs.tail", { limit: "5" }, "at /limit: must be integer"],
    ["chat.history", {}, "must have required property 'sessionKey'"],
    ["chat.history", { sessionKey: "a", limit: 0 }, "at /limit: must be >= 1"],
    [
      "chat.send",
      { sessionKey: "k".repeat(513), message: "m", idempotencyKey: "i" },
      "at /sessionKey: must NOT have more than 512 characters",
    ],
    [
      "agent",
      { message: "", idempotencyKey: "i" },
      "at /message: must NOT have fewer than 1 characters",
    ],
    ["agent", { message: "m" }, "must have required property 'idempotencyKey'"],
    [
      "chat.send",
      { sessionKey: "k", message: "m" },
      "must have required property 'idempotencyKey'",
    ],
    ["chat.abort", {}, "must have required property 'sessionKey'"],
    ["sessions.messages.subscribe", {}, "must have required property 'key'"],
    ["models.list", { view: "some" }, "at /view: must be equal to one of the allowed values"],
    [
      "agent.wait",
      { timeoutMs: 1.5 },
      "must have required property 'runId'; at /timeoutMs: must be integer",
    ],
  ];
  for (const [method, params, problem] of calls) {
    assertEquals(validateParams(method, params), {
      ok: false,
      error: { code: "INVALID_REQUEST", message: `invalid ${method} params: ${problem}` },
    });
  }
});

Deno.test("METHODS builds each schema once and takes its access from the scope table", () => {
  for (const [name, spec] of Object.entries(METHODS)) {
    assertStrictEquals(spec.params(), spec.params());
    assert(isKnownMethod(name));
  }
  assertEquals(METHODS.health.access, { kind: "open" });
  assertEquals(METHODS.agent.access, { kind: "operator", scope: "operator.write" });
  assertEquals(isKnownMethod("toString"), false);
});

Deno.test("validateParams() keeps an own __proto__ key out", () => {
  const params = JSON.parse('{"__proto__":{"limit":1}}');
  assertEquals(validateParams("logs.tail", params).ok, false);
});

/** In the scope table for an HTTP route; there is no such call. */
const HTTP_ONLY = ["assistant.media.get"];

Deno.test("METHODS has every method of the scope table and no other", () => {
  const listed = Object.values(METHOD_ACCESS).flat().filter((name) => !HTTP_ONLY.includes(name));
  assertEquals(Object.keys(METHODS).sort(), listed.sort());
});

Deno.test("UNAVAILABLE_METHODS are known; offeredMethods() are all others but connect", () => {
  const unavailable = Object.keys(UNAVAILABLE_METHODS);
  assertEquals(unavailable.filter((name) => !isKnownMethod(name)), []);
  const all = [...offeredMethods(), ...unavailable, "connect"];
  assertEquals(all.sort(), Object.keys(METHODS).sort());
});

type Unmatched =
  | Exclude<MethodName, keyof MethodResults>
  | Exclude<keyof MethodResults, MethodName>;

Deno.test("MethodResults has every method and no other, by the type checker", () => {
  const isComplete: [Unmatched] extends [never] ? true : false = true;
  assert(isComplete);
});
