import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

Deno.test("voicewake.* keeps words and routes over a restart, and tells everybody", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    {
      await using gateway = await TestGateway.start({ stateDir });
      await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
      const usual = { triggers: ["openclaw", "claude", "computer"] };
      assertEquals((await socket.call("voicewake.get")).payload, usual);
      const routing = (await socket.call("voicewake.routing.get")).payload.config;
      assertEquals([routing.version, routing.defaultTarget, routing.routes], [
        1,
        { mode: "current" },
        [],
      ]);
      const set = await socket.call("voicewake.set", { triggers: [" hey claw ", "", "hey claw"] });
      assertEquals(set.payload, { triggers: ["hey claw"] });
      assertEquals((await socket.event("voicewake.changed")).payload, set.payload);
      const config = {
        defaultTarget: { agentId: "Main" },
        routes: [{ trigger: "Work", target: { sessionKey: "work" } }],
      };
      const routed = await socket.call("voicewake.routing.set", { config });
      assert(routed.ok, JSON.stringify(routed.error));
      assertEquals(routed.payload.config.defaultTarget, { agentId: "main" });
      const event = await socket.event("voicewake.routing.changed");
      assertEquals(event.payload, routed.payload);
      const wrong = await socket.call("voicewake.routing.set", {
        config: { routes: [{ trigger: "x", target: {} }] },
      });
      assertMatch(wrong.error.message, /config\.routes\[0\]\.target must have/);
    }
    await using gateway = await TestGateway.start({ stateDir });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    assertEquals((await socket.call("voicewake.get")).payload, { triggers: ["hey claw"] });
    const { config } = (await socket.call("voicewake.routing.get")).payload;
    assertEquals(config.routes, [{ trigger: "work", target: { sessionKey: "work" } }]);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("tts.* and talk.* say that nothing is configured", async () => {
  await using gateway = await TestGateway.start({
    config: { talk: { provider: "x", apiKey: "planted-secret" }, ui: { seamColor: "#123456" } },
  });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const result = async (method: string, params: Frame = {}): Promise<Frame> => {
    const { ok, payload, error } = await socket.call(method, params);
    assert(ok, `${method}: ${JSON.stringify(error)}`);
    return payload;
  };
  const status = await result("tts.status");
  assertEquals([status.enabled, status.provider, status.providerStates], [false, null, []]);
  assertEquals(await result("tts.providers"), { providers: [], active: null });
  assertEquals(await result("tts.personas"), { active: null, personas: [] });
  assertEquals(await result("tts.disable"), { enabled: false });
  const enable = await socket.call("tts.enable");
  assertEquals(enable.error.code, "UNAVAILABLE");
  assertMatch(enable.error.message, /no speech provider is configured$/);
  const provider = await socket.call("tts.setProvider", { provider: "x" });
  assertEquals(provider.error.message, 'unknown speech provider "x": none is configured');
  const persona = await socket.call("tts.setPersona", { persona: "x" });
  assertEquals(persona.error.code, "INVALID_REQUEST");

  const { config } = await result("talk.config");
  assertEquals(config, {
    talk: { provider: "x", apiKey: "__OPENCLAW_REDACTED__" },
    session: { mainKey: "main" },
    ui: { seamColor: "#123456" },
  });
  const secret = await result("talk.config", { includeSecrets: true });
  assertEquals(secret.config.talk.apiKey, "planted-secret");
  await using reader = await TestSocket.connect(gateway.wsUrl, TOKEN, {
    scopes: ["operator.read", "operator.write"],
  });
  const refused = await reader.call("talk.config", { includeSecrets: true });
  assertEquals(refused.error.message, "missing scope: operator.talk.secrets");
  const catalog = await result("talk.catalog");
  assertEquals(catalog.modes, ["realtime", "stt-tts", "transcription"]);
  assertEquals(catalog.speech.providers, []);

  const mode = await result("talk.mode", { enabled: true, phase: "listening" });
  assertEquals([mode.enabled, mode.phase], [true, "listening"]);
  assertEquals((await reader.event("talk.mode")).payload, mode);
});
