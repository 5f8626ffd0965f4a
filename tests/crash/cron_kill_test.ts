/**
 * Kills a gateway while a job runs, as a crash or a power cut would, and looks at what the next one
 * makes of it.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const INTERRUPTED = "cron: job interrupted by gateway restart";

const EVENT = { kind: "systemEvent", text: "you missed this" };
const HOURLY = { kind: "every", everyMs: 3_600_000 };

function turn(model: string): Frame {
  return { kind: "agentTurn", message: "m", model };
}

async function startGateway(world: World): Promise<RunningGateway> {
  const gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  return gateway;
}

Deno.test("gateway: kill -9 while a job runs keeps jobs, runs and events", async () => {
  await using provider = new FakeProvider();
  // Takes every request and never answers.
  using mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using world = await World.create(await sourceProgram());
  const { agents, models } = provider.config as Frame;
  models.providers.mute = {
    ...models.providers.fake,
    baseUrl: `http://127.0.0.1:${mute.addr.port}/v1`,
    models: [{ id: "mute", name: "Mute", contextWindow: 32_000 }],
  };
  const config = { gateway: { mode: "local" }, agents, models };
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, JSON.stringify(config));
  const url = `ws://127.0.0.1:${world.port}`;
  let missedAt = 0;
  const ids: Record<string, string> = {};
  {
    await using gateway = await startGateway(world);
    await using socket = await TestSocket.connect(url, world.token);
    const add = async (name: string, job: Frame) => {
      const answer = await socket.call("cron.add", { name, ...job });
      assert(answer.ok, JSON.stringify(answer.error));
      ids[name] = answer.payload.id;
    };
    const at = new Date(Date.now() + 3_600_000).toISOString();
    await add("done", { schedule: HOURLY, payload: turn("fake/echo") });
    await add("hourly", { schedule: HOURLY, payload: turn("mute/mute") });
    await add("once", { schedule: { kind: "at", at }, payload: turn("mute/mute") });
    await socket.call("cron.run", { id: ids.done });
    await socket.event("cron", ({ action, jobId }) => action === "finished" && jobId === ids.done);
    for (const name of ["hourly", "once"]) {
      const { payload: begun } = await socket.call("cron.run", { id: ids[name] });
      assertEquals(begun.enqueued, true);
    }
    // Two jobs are under way and one may be: this one has to wait, and is missed.
    missedAt = Date.now() + 300;
    await add("missed", {
      schedule: { kind: "at", at: new Date(missedAt).toISOString() },
      payload: EVENT,
    });
    const told = await socket.call("wake", { mode: "next-heartbeat", text: "remember the milk" });
    assertEquals(told.payload, { ok: true });
    await gateway.stop("SIGKILL");
  }
  await waitUntil("the missed moment", () => Promise.resolve(Date.now() > missedAt));

  await using gateway = await startGateway(world);
  await using socket = await TestSocket.connect(url, world.token);
  const job = async (name: string) => (await socket.call("cron.get", { id: ids[name] })).payload;
  assertEquals((await job("done")).state.lastRunStatus, "ok");
  const hourly = await job("hourly");
  assertEquals([hourly.enabled, hourly.state.lastError], [true, INTERRUPTED]);
  assertEquals([hourly.state.runningAtMs, hourly.state.consecutiveErrors], [undefined, 1]);
  assert(hourly.state.nextRunAtMs > Date.now());
  const once = await job("once");
  assertEquals([once.enabled, once.state.lastError], [false, INTERRUPTED]);
  const { payload: runs } = await socket.call("cron.runs", { id: ids.once });
  assertEquals([runs.total, runs.entries[0].status], [1, "error"]);

  // The event of the missed job and the one before the crash reach the agent together.
  await waitUntil("the agent to be told", async () => {
    const { payload } = await socket.call("chat.history", { sessionKey: "main" });
    const said = JSON.stringify(payload.messages);
    return said.includes("remember the milk") && said.includes("you missed this");
  });
  assertEquals((await gateway.stop()).code, 0);
});
