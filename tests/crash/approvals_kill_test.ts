/**
 * Kills a gateway while requests for approval wait, and looks at what the next one has.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { RunningGateway } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

async function startGateway(world: World): Promise<RunningGateway> {
  const gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  return gateway;
}

Deno.test("approvals: kill -9 loses no request and no decision", async () => {
  await using world = await World.create(await sourceProgram());
  const config = { gateway: { mode: "local" } };
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, JSON.stringify(config));
  const url = `ws://127.0.0.1:${world.port}`;
  {
    await using gateway = await startGateway(world);
    await using approver = await TestSocket.connect(url, world.token);
    await using asker = await TestSocket.connect(url, world.token);
    for (const id of ["open", "short", "decided"]) {
      const timeoutMs = id === "short" ? 1 : 600_000;
      const params = { id, command: `run ${id}`, timeoutMs, twoPhase: true };
      const { payload } = await asker.call("exec.approval.request", params);
      assertEquals(payload.status, "accepted");
    }
    const answer = await approver.call("exec.approval.resolve", {
      id: "decided",
      decision: "deny",
    });
    assertEquals(answer.payload, { ok: true });
    await gateway.stop("SIGKILL");
  }
  await using gateway = await startGateway(world);
  await using approver = await TestSocket.connect(url, world.token);
  const { payload: list } = await approver.call("exec.approval.list");
  assertEquals(list.map(({ id, request }: Frame) => [id, request.command]), [["open", "run open"]]);
  const waiting = approver.request("exec.approval.waitDecision", { id: "open" });
  const again = await approver.call("exec.approval.waitDecision", { id: "decided" });
  assertEquals(again.payload.decision, "deny");
  await approver.call("exec.approval.resolve", { id: "open", decision: "allow-once" });
  assertEquals((await approver.response(waiting)).payload.decision, "allow-once");
  assertEquals((await gateway.stop()).code, 0);
});
