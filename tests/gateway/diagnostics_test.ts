/**
 * What leaves a real gateway in a diagnostics export, and what it remembers of its life.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RunningGateway } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { FakeProvider } from "../harness/provider.ts";
import { TestSocket } from "../harness/socket.ts";

Deno.test("a diagnostics export of a gateway at work has no message and no secret in it", async () => {
  await using provider = new FakeProvider();
  await using world = await World.create(await sourceProgram());
  const log = `${world.root}/state/gateway.log`;
  const config = { gateway: { mode: "local" }, logging: { file: log, level: "trace" } };
  await Deno.writeTextFile(
    `${world.root}/state/openclaw.json`,
    JSON.stringify({ ...config, ...provider.config }),
  );
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  {
    await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
    for (const [index, message] of ["canary-said-4711", "status 400 canary-said-4712"].entries()) {
      const id = socket.request("agent", {
        message,
        sessionKey: "agent:main:canary-chat-4713",
        idempotencyKey: `key-${index}`,
      });
      await socket.response(id);
      await socket.response(id);
    }
    await socket.call("canary.method-4714");
  }
  const live = await world.run("gateway", "stability", "--json");
  const types = Object.keys(JSON.parse(live.stdout).summary.byType);
  for (const type of ["gateway.started", "memory.sample", "client.connected", "rpc.refused"]) {
    assert(types.includes(type), `${type} in ${types}`);
  }
  assertEquals(live.stdout.includes("canary"), false);

  const output = `${world.root}/out.zip`;
  const { code, stdout, stderr } = await world.run(
    ...["gateway", "diagnostics", "export", "--output", output],
  );
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /Files: 9\n/);
  // The files are stored as they are, so that the archive can be searched.
  const archive = new TextDecoder().decode(await Deno.readFile(output));
  assert(archive.includes("openclaw-sanitized.jsonl") && archive.includes("memory.sample"));
  for (const secret of ["canary", world.token, "provider-key-1234", world.root]) {
    assertEquals(archive.includes(secret), false, secret);
  }
  assertEquals((await gateway.stop()).code, 0);
});
