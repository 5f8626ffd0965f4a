/**
 * The service on a real systemd: what a user types, and what becomes of the gateway.
 *
 * `OPENCLAW_TEST_BINARY` names an executable to test in place of the source.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort } from "../../scripts/harness/ports.ts";
import { assertDone, isServing, onSystemd, UNIT } from "../harness/on_systemd.ts";
import type { SystemdBox } from "../harness/systemd_box.ts";

/** How long systemd waits before it starts a gateway again, and some. */
const RESTART_MS = 20_000;
/** Five starts and their ends. */
const LOOP_MS = 30_000;

async function editUnit(box: SystemdBox, edit: (text: string) => string): Promise<void> {
  const path = `${box.home}/.config/systemd/user/${UNIT}`;
  await Deno.writeTextFile(path, edit(await Deno.readTextFile(path)));
  assertDone(await box.systemctl("daemon-reload"));
}

onSystemd(
  "gateway install on a fresh home serves at once, and says so twice",
  async (box, port) => {
    const first = await box.openclaw(["gateway", "install", "--port", String(port)]);
    assertDone(first);
    assertStringIncludes(first.stdout, "Auto-generated one and saving to config");
    assertStringIncludes(first.stdout, `Gateway serves on port ${port}.`);
    assert(await isServing(port));
    const unit = await box.show(UNIT);
    assertEquals([unit.ActiveState, unit.UnitFileState, unit.Type], [
      "active",
      "enabled",
      "notify",
    ]);

    const again = await box.openclaw(["gateway", "install", "--port", String(port), "--json"]);
    assertEquals(JSON.parse(again.stdout).result, "already-installed");

    const status = await box.openclaw(["gateway", "status", "--json"]);
    const facts = JSON.parse(status.stdout);
    assertEquals(facts.service.runtime.status, "running");
    assertEquals([facts.gateway.port, facts.rpc.ok], [port, true]);
  },
);

onSystemd("a killed gateway comes back, one that was stopped does not", async (box, port) => {
  assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
  const { MainPID: first = "" } = await box.show(UNIT);
  await box.signal(first, "KILL");
  await box.until(
    async () => {
      const { ActiveState, MainPID } = await box.show(UNIT);
      return ActiveState === "active" && MainPID !== first;
    },
    "systemd has started it again",
    RESTART_MS,
  );
  assert(await isServing(port));

  assertDone(await box.openclaw(["gateway", "stop"]));
  assertEquals((await box.show(UNIT)).ActiveState, "inactive");
  assertEquals(await isServing(port), false);
  assertDone(await box.openclaw(["gateway", "start"]));
  assert(await isServing(port));
});

onSystemd(
  "a config that refuses the start ends in 78 and is not tried again",
  async (box, port) => {
    assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
    assertDone(await box.openclaw(["config", "set", "gateway.mode", "remote"]));
    const restart = await box.openclaw(["gateway", "restart", "--force"]);
    assertEquals(restart.code, 1);
    assertMatch(restart.stderr, /not started again \(exit 78/);
    const unit = await box.show(UNIT);
    assertEquals([unit.ExecMainStatus, unit.NRestarts, unit.ActiveState], ["78", "0", "failed"]);

    assertDone(await box.openclaw(["config", "set", "gateway.mode", "local"]));
    assertDone(await box.openclaw(["gateway", "start"]));
    assert(await isServing(port));
  },
);

onSystemd("a crash loop is told from a stop, and a start forgives it", async (box, port) => {
  assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
  // Nothing else can be written where the gateway's private folder has to be.
  const runtime = `${box.home}/.openclaw/openclaw.sqlite`;
  assertDone(await box.openclaw(["gateway", "stop"]));
  await editUnit(box, (text) => text.replace("RestartSec=5", "RestartSec=100ms"));
  await Deno.rename(runtime, `${runtime}.away`);
  await Deno.mkdir(runtime);
  await box.systemctl("start", UNIT);
  await box.until(
    async () => (await box.show(UNIT)).ActiveState === "failed",
    "systemd has given up",
    LOOP_MS,
  );
  const status = await box.openclaw(["gateway", "status", "--json"]);
  assertEquals(JSON.parse(status.stdout).service.state, "crash_looping");

  await Deno.remove(runtime, { recursive: true });
  await Deno.rename(`${runtime}.away`, runtime);
  assertDone(await box.openclaw(["gateway", "start"]));
  assert(await isServing(port));
});

onSystemd("a gateway that hangs is killed by the watchdog and started again", async (box, port) => {
  assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
  await editUnit(box, (text) => text.replace(/WatchdogSec=\d+/, "WatchdogSec=2"));
  assertDone(await box.openclaw(["gateway", "restart", "--force"]));
  const { MainPID: first = "" } = await box.show(UNIT);
  await box.signal(first, "STOP");
  await box.until(
    async () => {
      const { ActiveState, MainPID } = await box.show(UNIT);
      return ActiveState === "active" && MainPID !== first;
    },
    "the watchdog has acted",
    RESTART_MS,
  );
  assert(await isServing(port));
});

onSystemd(
  "two profiles live side by side, and leave nothing when uninstalled",
  async (box, port) => {
    const other = freePort();
    assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
    assertDone(
      await box.openclaw(["--profile", "ops", "gateway", "install", "--port", String(other)]),
    );
    assert(await isServing(port) && await isServing(other));

    assertDone(await box.openclaw(["--profile", "ops", "gateway", "uninstall"]));
    assertEquals([await isServing(port), await isServing(other)], [true, false]);
    assertDone(await box.openclaw(["gateway", "uninstall"]));
    const units = [...Deno.readDirSync(`${box.home}/.config/systemd/user`)]
      .filter(({ isFile }) => isFile);
    assertEquals(units, []);
    assertEquals((await box.show(UNIT)).LoadState, "not-found");
    // What the user has written and said stays.
    assert((await Deno.stat(`${box.home}/.openclaw/openclaw.json`)).isFile);
  },
);

onSystemd("secrets go into a private file and nowhere else", async (box, port) => {
  const config = `{gateway:{mode:"local",port:${port}},models:{providers:{openai:{apiKey:` +
    `{source:"env",id:"CANARY_KEY"}}}}}`;
  await Deno.mkdir(`${box.home}/.openclaw`, { mode: 0o700 });
  await Deno.writeTextFile(`${box.home}/.openclaw/openclaw.json`, config, { mode: 0o600 });
  const env = { CANARY_KEY: "canary-4711" };
  const plan = await box.openclaw(["gateway", "install", "--dry-run"], env);
  assertDone(plan);
  assertEquals(plan.stdout.includes("canary-4711"), false);
  assertDone(await box.openclaw(["gateway", "install"], env));
  const file = `${box.home}/.openclaw/gateway.systemd.env`;
  assertStringIncludes(await Deno.readTextFile(file), 'CANARY_KEY="canary-4711"');
  assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  const unit = await Deno.readTextFile(`${box.home}/.config/systemd/user/${UNIT}`);
  assertEquals(unit.includes("canary"), false);
  const { MainPID = "" } = await box.show(UNIT);
  const environment = await box.run("cat", [`/proc/${MainPID}/environ`]);
  assertStringIncludes(environment.stdout, "CANARY_KEY=canary-4711");

  assertDone(await box.openclaw(["gateway", "uninstall"]));
  const left = await Deno.readTextFile(file).catch(() => "gone");
  assertEquals(left, "gone");
});

onSystemd("gateway start repairs a definition that has drifted", async (box, port) => {
  assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
  assertDone(await box.openclaw(["gateway", "stop"]));
  await editUnit(box, (text) => text.replace(/^ExecStart=\S+/m, "ExecStart=/opt/gone/openclaw"));
  const started = await box.openclaw(["gateway", "start", "--json"]);
  assertDone(started);
  const { result, message } = JSON.parse(started.stdout);
  assertEquals(result, "started");
  assertStringIncludes(message, "- service command points at a missing path: /opt/gone/openclaw");
  assert(await isServing(port));
});
