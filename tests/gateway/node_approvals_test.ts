/**
 * A gateway, its node and two operators: what one asks for, the other approves, the third one runs.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { eventually, TestNodeHost } from "../harness/node_host.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const ignore = Deno.build.os === "windows";

interface Scene {
  gateway: TestGateway;
  host: TestNodeHost;
  nodeId: string;
  /** Asks nodes and requests approvals. */
  asker: TestSocket;
  approver: TestSocket;
}

async function backend(gateway: TestGateway, scopes: string[]): Promise<TestSocket> {
  return await TestSocket.connect(gateway.wsUrl, TOKEN, {
    client: { id: "gateway-client", version: "1.0.0", platform: "linux", mode: "backend" },
    scopes,
  });
}

function scene(name: string, test: (scene: Scene) => Promise<void>): void {
  Deno.test({
    name: `node approvals: ${name}`,
    ignore,
    async fn() {
      await using gateway = await TestGateway.start();
      await using host = await TestNodeHost.start({ url: gateway.wsUrl, token: TOKEN });
      await eventually(
        () => host.lines.some((line) => line.startsWith("Connected to")),
        "a connected node",
      );
      await using asker = await backend(gateway, ["operator.write", "operator.approvals"]);
      await using approver = await backend(gateway, ["operator.approvals"]);
      const { payload } = await asker.call("node.list");
      await test({ gateway, host, nodeId: payload.nodes[0].nodeId, asker, approver });
    },
  });
}

let lastKey = 0;

async function invoke(
  socket: TestSocket,
  nodeId: string,
  command: string,
  params: unknown,
): Promise<Frame> {
  const idempotencyKey = `key-${++lastKey}`;
  return await socket.call("node.invoke", { nodeId, command, params, idempotencyKey });
}

/** Prepares a command, asks for it and has it decided; answers with what runs it. */
async function approved(
  { asker, approver, nodeId }: Scene,
  wish: Frame,
  decision: string,
): Promise<Frame> {
  const prepared = await invoke(asker, nodeId, "system.run.prepare", wish);
  const { plan } = prepared.payload.payload;
  const id = crypto.randomUUID();
  const asked = asker.request("exec.approval.request", {
    id,
    command: plan.commandText,
    host: "node",
    nodeId,
    systemRunPlan: plan,
    twoPhase: true,
  });
  assertEquals((await asker.response(asked)).payload.status, "accepted");
  assert((await approver.call("exec.approval.resolve", { id, decision })).ok);
  assertEquals((await asker.response(asked)).payload.decision, decision);
  return {
    command: plan.argv,
    rawCommand: plan.commandText,
    systemRunPlan: plan,
    approved: true,
    approvalDecision: decision,
    runId: id,
    ...(plan.cwd === null ? {} : { cwd: plan.cwd }),
  };
}

function codeOf({ ok, error }: Frame): unknown {
  assertEquals(ok, false);
  return error.details.code;
}

scene("what was approved runs once", async (all) => {
  const { asker, nodeId } = all;
  const plain = await invoke(asker, nodeId, "system.run", { command: ["echo", "hi"] });
  assert(plain.error.message.startsWith("UNAVAILABLE: SYSTEM_RUN_DENIED: approval required"));
  const run = await approved(all, { command: ["echo", "hi"] }, "allow-once");
  const ran = await invoke(asker, nodeId, "system.run", run);
  assertEquals([ran.payload.payload.exitCode, ran.payload.payload.stdout], [0, "hi\n"]);
  assertEquals(codeOf(await invoke(asker, nodeId, "system.run", run)), "APPROVAL_REQUIRED");
});

scene("a claim is not an approval", async ({ asker, nodeId }) => {
  const command = ["echo", "hi"];
  const claims: [Frame, string][] = [
    [{ command, approved: true }, "MISSING_RUN_ID"],
    [{ command, approvalDecision: "allow-always" }, "MISSING_RUN_ID"],
    [{ command, approved: true, runId: "made-up" }, "UNKNOWN_APPROVAL_ID"],
  ];
  for (const [params, code] of claims) {
    assertEquals(codeOf(await invoke(asker, nodeId, "system.run", params)), code);
  }
});

scene("a denied command does not run", async (all) => {
  const run = await approved(all, { command: ["echo", "hi"] }, "deny");
  const claim = { ...run, approvalDecision: "allow-once" };
  assertEquals(
    codeOf(await invoke(all.asker, all.nodeId, "system.run", claim)),
    "APPROVAL_REQUIRED",
  );
});

scene("an approval is for its command and its asker", async (all) => {
  const { gateway, asker, nodeId } = all;
  const run = await approved(all, { command: ["echo", "hi"] }, "allow-once");
  const other = { ...run, command: [run.command[0], "evil"] };
  assertEquals(
    codeOf(await invoke(asker, nodeId, "system.run", other)),
    "APPROVAL_REQUEST_MISMATCH",
  );
  await using stranger = await backend(gateway, ["operator.write"]);
  assertEquals(
    codeOf(await invoke(stranger, nodeId, "system.run", run)),
    "APPROVAL_CLIENT_MISMATCH",
  );
  assert((await invoke(asker, nodeId, "system.run", run)).ok);
});

scene("what is always allowed is remembered by the node", async (all) => {
  const { asker, nodeId, host } = all;
  const run = await approved(all, { command: ["touch", "a"] }, "allow-always");
  assert((await invoke(asker, nodeId, "system.run", run)).ok);
  assert((await invoke(asker, nodeId, "system.run", { command: ["touch", "b"] })).ok);
  assert((await Deno.stat(`${host.dir}/b`)).isFile);
});
