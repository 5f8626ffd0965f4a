/**
 * `openclaw nodes` against a real gateway with a node that answers.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCommandLine } from "../harness/cli.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { TestNode } from "../harness/node.ts";

/** Runs one command line on the gateway's machine. */
async function run(gateway: TestGateway, ...args: string[]) {
  return await runCommandLine({
    HOME: gateway.stateDir,
    OPENCLAW_STATE_DIR: gateway.stateDir,
    OPENCLAW_GATEWAY_PORT: String(gateway.gateway.port),
    OPENCLAW_GATEWAY_TOKEN: TOKEN,
  }, args);
}

Deno.test("nodes: the command line shows, approves, names, asks and removes a node", async () => {
  await using gateway = await TestGateway.start();
  const none = await run(gateway, "nodes", "list");
  assertEquals([none.code, none.out], [
    0,
    "Nodes: 0 known, 0 connected\nLet one in: openclaw qr\n",
  ]);

  const commands = ["system.which", "system.notify"];
  await using node = await TestNode.connect(gateway.wsUrl, { commands });
  const prefix = node.id.slice(0, 12);
  const pending = JSON.parse((await run(gateway, "nodes", "pending", "--json")).out);
  const { requestId } = pending[0];
  const list = await run(gateway, "nodes", "list");
  assertStringIncludes(list.out, `Approve: openclaw nodes approve ${requestId.slice(0, 8)}\n`);
  assertMatch(list.out, /Box +system\.notify, system\.which +pairing, admin/);
  assertMatch(list.out, new RegExp(`${prefix} +Box +linux +connected +system +2 `));

  const approved = await run(gateway, "nodes", "approve", requestId.slice(0, 8));
  assertEquals(approved.code, 0, approved.err);
  assertStringIncludes(approved.out, "May do  system.notify, system.which\n");
  const again = await run(gateway, "nodes", "approve", requestId);
  assertEquals(again.code, 1);
  assertStringIncludes(again.err, "openclaw nodes pending");

  const renamed = await run(gateway, "nodes", "rename", "--node", prefix, "--name", "Desk");
  assertEquals([renamed.code, renamed.out], [0, `Node ${node.id} is called Desk\n`]);
  const described = await run(gateway, "nodes", "describe", "desk");
  assertMatch(described.out, /Status +connected for/);
  assertStringIncludes(described.out, "Commands\nsystem.notify\nsystem.which\n");

  const words = ["--command", "system.which", "--params", '{"bins":["git"]}'];
  const asking = run(gateway, "nodes", "invoke", "--node", "Desk", ...words);
  await node.answer({ ok: true, payload: { bins: { git: "/bin/git" } } });
  const asked = await asking;
  assertEquals(asked.code, 0, asked.err);
  assertStringIncludes(asked.out, '"git": "/bin/git"');
  const notifying = run(gateway, "nodes", "notify", "Desk", "--title", "Done", "--json");
  const notification = await node.asked();
  assertEquals(JSON.parse(notification.paramsJSON), { delivery: "system", title: "Done" });
  const { id } = notification;
  await node.call("node.invoke.result", { id, nodeId: node.id, ok: true });
  assertEquals(JSON.parse((await notifying).out).ok, true);

  const denied = await run(gateway, "nodes", "invoke", prefix, "--command", "camera.snap");
  assertEquals(denied.code, 1);
  assertStringIncludes(denied.err, 'node command not allowed: "camera.snap"');
  assertStringIncludes(denied.err, "openclaw config get gateway.nodes.allowCommands");
  const params = ["--command", "system.which", "--params", "[1]"];
  assertEquals((await run(gateway, "nodes", "invoke", prefix, ...params)).code, 64);
  assertEquals((await run(gateway, "nodes", "invoke", prefix)).code, 64);
  assertEquals((await run(gateway, "nodes", "invoke", "--command", "x")).code, 64);

  const removed = await run(gateway, "nodes", "remove", prefix);
  assertEquals(removed.code, 0, removed.err);
  assertEquals((await node.socket.closed).code, 4001);
  const missing = await run(gateway, "nodes", "describe", prefix);
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.err, "openclaw nodes list");
});

Deno.test("nodes: the command line filters, turns down, and tells when a node is away", async () => {
  await using gateway = await TestGateway.start();
  const node = await TestNode.connect(gateway.wsUrl);
  const pending = JSON.parse((await run(gateway, "nodes", "pending", "--json")).out);
  const rejected = await run(gateway, "nodes", "reject", pending[0].requestId.slice(0, 8));
  assertEquals(rejected.code, 0, rejected.err);
  assertStringIncludes((await run(gateway, "nodes", "pending")).out, "None.");
  await node[Symbol.asyncDispose]();

  const status = async (...more: string[]) =>
    JSON.parse((await run(gateway, "nodes", "status", "--json", ...more)).out).nodes.length;
  assertEquals(await status(), 1);
  assertEquals(await status("--connected"), 0);
  assertEquals(await status("--last-connected", "1h"), 1);
  assertEquals(await status("--last-connected", "0s"), 0);
  assertEquals((await run(gateway, "nodes", "status", "--last-connected", "soon")).code, 64);
  const away = await run(gateway, "nodes", "invoke", "Box", "--command", "system.which");
  assertEquals(away.code, 75, "it may come back");
  assertStringIncludes(away.err, "node not connected");
  assertStringIncludes(away.err, "openclaw nodes status");
});
