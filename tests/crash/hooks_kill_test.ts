/**
 * Kills a gateway right after it has acknowledged webhooks, and looks at what the next one has.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { HeldProvider } from "../harness/held_provider.ts";
import { TestSocket } from "../harness/socket.ts";

const TOKEN = "hook-token-0123456789";

async function post(world: World, path: string, body: unknown, key = ""): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${world.port}/hooks/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, ...(key ? { "idempotency-key": key } : {}) },
    body: JSON.stringify(body),
  });
  assertEquals(response.status, 200);
  return (await response.json()).runId;
}

Deno.test("webhooks: kill -9 loses no event and no run that was acknowledged", async () => {
  await using provider = new HeldProvider(50);
  await using world = await World.create(await sourceProgram());
  const config = {
    gateway: { mode: "local" },
    hooks: { enabled: true, token: TOKEN },
    ...provider.config,
  };
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, JSON.stringify(config));
  const start = async () => {
    const gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
    await gateway.ready();
    return gateway;
  };
  const body = { message: "x", name: "CI", deliver: false };
  const told = async () => {
    await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
    const { payload } = await socket.call("chat.history", { sessionKey: "agent:main:main" });
    return JSON.stringify(payload.messages);
  };
  let runIds: string[] = [];
  {
    await using gateway = await start();
    await post(world, "wake", { text: "the kettle is on", mode: "next-heartbeat" });
    runIds = await Promise.all(["a", "b", "c"].map((key) => post(world, "agent", body, key)));
    await gateway.stop("SIGKILL");
  }
  assertEquals(new Set(runIds).size, 3);
  await using gateway = await start();
  const again = await Promise.all(["a", "b", "c"].map((key) => post(world, "agent", body, key)));
  assertEquals(again, runIds);
  await waitUntil("the report", async () => (await told()).includes("Hook CI (error)"));
  const said = await told();
  assertStringIncludes(said, "the kettle is on");
  assertStringIncludes(said, "The gateway stopped while the run was under way");
  provider.release();
  assertEquals((await gateway.stop()).code, 0);
});
