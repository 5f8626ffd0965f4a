/**
 * Kills a gateway in mid-turn, as a crash or a power cut would, and looks at what the next one has.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { RunningGateway } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

async function startGateway(world: World): Promise<RunningGateway> {
  const gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  return gateway;
}

Deno.test("gateway: kill -9 in mid-turn loses nothing that was acknowledged", async () => {
  await using provider = new FakeProvider();
  await using world = await World.create(await sourceProgram());
  const config = { gateway: { mode: "local" }, ...provider.config };
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, JSON.stringify(config));
  const url = `ws://127.0.0.1:${world.port}`;
  {
    await using gateway = await startGateway(world);
    await using socket = await TestSocket.connect(url, world.token);
    const first = socket.request("agent", {
      message: "first",
      idempotencyKey: "run-1",
    });
    await socket.response(first);
    await socket.response(first);
    const second = socket.request("agent", {
      message: "wait",
      idempotencyKey: "run-2",
    });
    assertEquals((await socket.response(second)).payload.status, "accepted");
    const third = socket.request("agent", {
      message: "in line",
      idempotencyKey: "run-3",
    });
    assertEquals((await socket.response(third)).payload.status, "accepted");
    await socket.event("agent", ({ stream, runId }) => stream === "assistant" && runId === "run-2");
    await gateway.stop("SIGKILL");
  }
  await using gateway = await startGateway(world);
  await using socket = await TestSocket.connect(url, world.token);
  assertEquals(await texts(socket), ["first", "echo: first", "wait", "in line"]);
  const { payload: list } = await socket.call("sessions.list");
  assertEquals([list.sessions[0].status, list.sessions[0].abortedLastRun], ["failed", true]);

  const repeat = await socket.call("agent", {
    message: "wait",
    idempotencyKey: "run-2",
  });
  assertEquals([repeat.ok, repeat.payload.status], [false, "error"]);
  assert(repeat.error.details.hint);

  const next = socket.request("agent", {
    message: "fourth",
    idempotencyKey: "run-4",
  });
  await socket.response(next);
  assertEquals((await socket.response(next)).payload.status, "ok");
  assertEquals((await texts(socket)).slice(-2), ["fourth", "echo: fourth"]);
  const asked = JSON.stringify(provider.calls.at(-1)!.body.messages);
  for (const text of ["first", "echo: first", "wait", "in line"]) {
    assert(asked.includes(text), text);
  }
  assertEquals((await gateway.stop()).code, 0);
  assertEquals(await world.find(/\.lock$/), []);
});

async function texts(socket: TestSocket): Promise<string[]> {
  const { payload } = await socket.call("chat.history", { sessionKey: "main" });
  return payload.messages.map(({ content }: Frame) => content[0].text);
}
