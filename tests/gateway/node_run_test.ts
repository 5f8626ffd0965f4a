/**
 * A real gateway and a real node host: what an operator asks for happens on the node.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { eventually, TestNodeHost } from "../harness/node_host.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const ignore = Deno.build.os === "windows";

interface Scene {
  host: TestNodeHost;
  operator: TestSocket;
  nodeId: string;
  invoke(command: string, params: unknown, timeoutMs?: number): Promise<Frame>;
}

function scene(name: string, test: (scene: Scene) => Promise<void>): void {
  Deno.test({
    name: `node run: ${name}`,
    ignore,
    async fn() {
      await using gateway = await TestGateway.start();
      await using host = await TestNodeHost.start({ url: gateway.wsUrl, token: TOKEN });
      await eventually(
        () => host.lines.some((line) => line.startsWith("Connected to")),
        "a connected node",
      );
      await using operator = await TestSocket.connect(gateway.wsUrl, TOKEN);
      const { payload: { nodes } } = await operator.call("node.list");
      const nodeId = nodes[0].nodeId;
      let lastKey = 0;
      await test({
        host,
        operator,
        nodeId,
        invoke: (command, params, timeoutMs = 10_000) =>
          operator.call("node.invoke", {
            nodeId,
            command,
            params,
            timeoutMs,
            idempotencyKey: `key-${++lastKey}`,
          }),
      });
    },
  });
}

scene("is listed with what it offers", async ({ operator, nodeId }) => {
  const { payload } = await operator.call("node.describe", { nodeId });
  assertEquals([payload.displayName, payload.connected, payload.platform, payload.clientMode], [
    "test node",
    true,
    "linux",
    "node",
  ]);
  assertEquals(payload.caps, ["system"]);
  assert(payload.commands.includes("system.run"));
});

scene("answers, and asks before it runs", async ({ invoke }) => {
  const which = await invoke("system.which", { bins: ["sh", "no-such-program"] });
  assertEquals(Object.keys(which.payload.payload.bins), ["sh"]);
  const { ok, error } = await invoke("system.run", { command: ["echo", "hi"] });
  assertEquals([ok, error.code], [false, "UNAVAILABLE"]);
  assert(error.message.startsWith("UNAVAILABLE: SYSTEM_RUN_DENIED: approval required"));
});

scene("takes its policy from its gateway", async ({ operator, nodeId, invoke }) => {
  const policy = await operator.call("exec.approvals.node.get", { nodeId });
  assertEquals(policy.payload.exists, false);
  const file = { version: 1, agents: { main: { allowlist: [{ pattern: "echo" }] } } };
  const written = await operator.call("exec.approvals.node.set", { nodeId, file });
  assertEquals([written.ok, written.payload.exists], [true, true]);
  const ran = await invoke("system.run", { command: ["echo", "hi"] });
  assertEquals(ran.payload.payload.stdout, "hi\n");
  assertEquals((await invoke("system.run", { command: ["ls"] })).ok, false);
  const stale = await operator.call("exec.approvals.node.set", { nodeId, file, baseHash: "old" });
  assert(stale.error.message.includes("exec approvals changed"));
});

scene("runs on when its caller has stopped waiting", async ({ host, invoke }) => {
  await host.allowAll();
  const line = "until [ -e go ]; do sleep 0.02; done; echo done > end";
  const late = await invoke("system.run", { command: ["sh", "-c", line] }, 100);
  assertEquals([late.ok, late.error.details.nodeError.code], [false, "TIMEOUT"]);
  await Deno.writeTextFile(`${host.dir}/go`, "");
  assertEquals(await host.file("end"), "done\n");
});
