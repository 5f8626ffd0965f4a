import { assertEquals, assertMatch } from "@std/assert";
import type { Frame } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

Deno.test("what needs a channel is refused in the words that clients know", () =>
  withGateway(async ({ socket }) => {
    const message = { to: "x", idempotencyKey: "k", message: "m" };
    const ask = { to: "x", question: "q", options: ["a", "b"], idempotencyKey: "k" };
    const act = { action: "send", params: {}, idempotencyKey: "k" };
    const cases: [method: string, params: Frame, message: RegExp][] = [
      ["send", message, /^Channel is required \(no configured channels detected\)$/],
      [
        "send",
        { to: "x", idempotencyKey: "k" },
        /^invalid send params: text or media is required$/,
      ],
      ["send", { to: "x", idempotencyKey: "k", mediaUrls: [" "] }, /text or media is required/],
      [
        "send",
        { ...message, channel: "webchat" },
        /^unsupported channel: webchat \(internal-only\)/,
      ],
      ["send", { ...message, channel: "Zz" }, /^unsupported channel: zz$/],
      ["send", { message: "m", idempotencyKey: "k" }, /must have required property 'to'/],
      ["poll", ask, /^Channel is required/],
      ["poll", { ...ask, channel: "zz" }, /^unsupported poll channel: zz$/],
      ["poll", { ...ask, options: ["a"] }, /^invalid poll params/],
      ["message.action", { ...act, channel: "zz" }, /^unsupported channel: zz$/],
      ["channels.start", { channel: "zz" }, /^invalid channels\.start channel: no channel "zz"/],
      ["channels.stop", { channel: "zz" }, /^invalid channels\.stop channel/],
      ["channels.logout", { channel: "zz" }, /^invalid channels\.logout channel/],
      ["web.login.start", {}, /^web login provider is not available$/],
      ["web.login.wait", { timeoutMs: 5 }, /^web login provider is not available$/],
    ];
    for (const [method, params, expected] of cases) {
      const { ok, error } = await socket.call(method, params);
      assertEquals([ok, error.code], [false, "INVALID_REQUEST"], method);
      assertMatch(error.message, expected);
    }
    const action = await socket.call("plugins.sessionAction", { pluginId: "p", actionId: "a" });
    assertEquals([action.error.code, action.error.message], [
      "UNAVAILABLE",
      "unknown plugin session action: p/a",
    ]);
  }));

Deno.test("plugins, memory and the config file are told about as they are", () =>
  withGateway(async ({ gateway, result }) => {
    assertEquals(await result("plugins.uiDescriptors"), { ok: true, descriptors: [] });
    const memory = await result("doctor.memory.status", { probe: true });
    assertEquals([memory.agentId, memory.provider, memory.embedding.ok], ["main", "none", false]);
    const path = `${gateway.stateDir}/openclaw.json`;
    const opened = await result("config.openFile");
    assertEquals([opened.ok, opened.path], [false, path]);
    assertMatch(opened.error, /the gateway's host has no screen$/);
  }));

Deno.test("secrets.resolve answers what pointers lead to, and which nothing uses", () =>
  withGateway(async ({ result, socket }) => {
    const answer = await result("secrets.resolve", {
      commandName: "models list",
      targetIds: ["models.providers.*.apiKey"],
    });
    assertEquals(answer.assignments, [{
      path: "models.providers.a.apiKey",
      pathSegments: ["models", "providers", "a", "apiKey"],
      value: "secret-of-a",
    }]);
    assertEquals(answer.inactiveRefPaths, ["models.providers.b.apiKey"]);
    assertEquals(answer.diagnostics, []);
    assertEquals(await result("secrets.reload"), { ok: true, warningCount: 1 });
    const { error } = await socket.call("secrets.resolve", {
      commandName: "x",
      targetIds: ["bogus"],
    });
    assertEquals(
      error.message,
      'invalid secrets.resolve params: unknown target id "bogus"',
    );
  }, {
    env: { vars: { A_KEY: "secret-of-a" } },
    models: {
      providers: {
        a: { baseUrl: "http://127.0.0.1:1/v1", apiKey: { source: "env", id: "A_KEY" }, models: [] },
        b: {
          enabled: false,
          baseUrl: "http://127.0.0.1:1/v1",
          apiKey: "${MISSING_KEY}",
          models: [],
        },
        d: { baseUrl: "http://127.0.0.1:1/v1", apiKey: "plain-key", models: [] },
      },
    },
  }));
