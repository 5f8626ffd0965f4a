/**
 * Restarts under a real systemd: who asks, who starts again, and what is told of it.
 *
 * `OPENCLAW_TEST_BINARY` names an executable to test in place of the source.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertDone, onSystemd, UNIT } from "../harness/on_systemd.ts";
import type { SystemdBox } from "../harness/systemd_box.ts";

/** Installs a gateway with a log of its own; the usual one is shared by all gateways of a machine. */
async function install(box: SystemdBox, port: number): Promise<void> {
  await Deno.mkdir(`${box.home}/.openclaw`, { mode: 0o700 });
  const logging = { file: `${box.home}/gateway.log` };
  const config = JSON.stringify({ gateway: { mode: "local", port }, logging });
  await Deno.writeTextFile(`${box.home}/.openclaw/openclaw.json`, config, { mode: 0o600 });
  assertDone(await box.openclaw(["gateway", "install"]));
}

async function pidOf(box: SystemdBox): Promise<string> {
  return (await box.show(UNIT)).MainPID ?? "";
}

onSystemd(
  "gateway restart is told as one, and systemd starts another process",
  async (box, port) => {
    await install(box, port);
    const before = await pidOf(box);
    assertDone(await box.openclaw(["gateway", "restart"]));
    const after = await pidOf(box);
    assert(before !== after);
    const status = await box.openclaw(["gateway", "status", "--deep"]);
    assertStringIncludes(
      status.stdout,
      `Recent restart handoff: full-process via systemd; source=operator-restart; ` +
        `reason=gateway restart; pid=${before};`,
    );
    const logs = await box.openclaw(["logs", "--plain"]);
    assertStringIncludes(logs.stdout, "received SIGTERM; restarting");
    assertStringIncludes(logs.stdout, "[shutdown] started: gateway restarting");
  },
);

onSystemd("gateway restart --safe keeps the process", async (box, port) => {
  await install(box, port);
  const before = await pidOf(box);
  const restart = await box.openclaw(["gateway", "restart", "--safe"]);
  assertDone(restart);
  await box.until(async () => {
    const { stdout } = await box.openclaw(["logs", "--plain"]);
    return stdout.includes("restart mode: in-process restart (gateway.restart.safe)");
  }, "the gateway has restarted");
  await box.until(
    async () => (await box.openclaw(["health"])).code === 0,
    "the gateway serves again",
  );
  assertEquals(await pidOf(box), before);
});

onSystemd("a stop is a stop: no hand-off, and it stays down", async (box, port) => {
  await install(box, port);
  assertDone(await box.openclaw(["gateway", "stop"]));
  const json = await box.openclaw(["gateway", "status", "--deep", "--json"]);
  const { service } = JSON.parse(json.stdout);
  assertEquals([service.state, service.restartHandoff], ["stopped", undefined]);
});
