import { assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { TestSocket } from "../harness/socket.ts";

Deno.test("a provider is called with the profile of the agent, before the key of the config", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    await using provider = new FakeProvider();
    const write = async (agent: string, key: string) => {
      const dir = `${stateDir}/agents/${agent}/agent`;
      await Deno.mkdir(dir, { recursive: true });
      const profiles = { "fake:default": { type: "api_key", provider: "fake", key } };
      const text = JSON.stringify({ version: 1, profiles });
      await Deno.writeTextFile(`${dir}/auth-profiles.json`, text);
    };
    await write("main", "key-of-main");
    await write("ops", "key-of-ops");
    const { agents, ...config } = provider.config as { agents: Record<string, unknown> };
    const list = [{ id: "main" }, { id: "ops" }, { id: "other" }];
    await using gateway = await TestGateway.start({
      stateDir,
      config: { ...config, agents: { ...agents, list } },
    });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const keyOf = async (agentId: string) => {
      const idempotencyKey = crypto.randomUUID();
      await socket.call("agent", { message: "hi", agentId, idempotencyKey });
      const { payload } = await socket.call("agent.wait", {
        runId: idempotencyKey,
        timeoutMs: 10_000,
      });
      assertEquals(payload.status, "ok", JSON.stringify(payload));
      return provider.calls.at(-1)?.authorization;
    };
    assertEquals(await keyOf("main"), "Bearer key-of-main");
    assertEquals(await keyOf("ops"), "Bearer key-of-ops");
    assertEquals(await keyOf("other"), "Bearer key-of-main");
    await write("ops", "key-of-ops-2");
    await socket.call("secrets.reload", {});
    assertEquals(await keyOf("ops"), "Bearer key-of-ops-2");
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});
