/**
 * Doctor on a real systemd: it sees what is wrong with a service, repairs it, and takes it back.
 *
 * `OPENCLAW_TEST_BINARY` names an executable to test in place of the source.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../../scripts/harness/ports.ts";
import { assertDone, isServing, onSystemd, UNIT } from "../harness/on_systemd.ts";
import { SystemdBox, whyNoBox } from "../harness/systemd_box.ts";

interface Found {
  readonly id: string;
  readonly severity: string;
}

async function doctor(box: SystemdBox, ...args: string[]) {
  const outcome = await box.openclaw(["doctor", "--json", ...args]);
  assertDone(outcome);
  const answer = JSON.parse(outcome.stdout) as { findings: Found[]; fix?: { id: string | null } };
  return { ...answer, ids: answer.findings.map(({ id }) => id) };
}

onSystemd("doctor is content with a fresh service", async (box, port) => {
  assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
  const { findings } = await doctor(box);
  const bad = findings.filter(({ severity }) => severity === "error" || severity === "warn");
  assertEquals(bad, []);
});

onSystemd(
  "doctor --fix rewrites a service of another port, --undo puts it back",
  async (box, port) => {
    assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
    const path = `${box.home}/.config/systemd/user/${UNIT}`;
    const before = await Deno.readTextFile(path);
    const other = freePort();
    assertDone(await box.openclaw(["config", "set", "gateway.port", String(other)]));
    const drift = "doctor:gateway-services.gateway-port-mismatch";
    assert((await doctor(box)).ids.includes(drift));

    // Where nobody can be asked, a definition is not rewritten.
    await doctor(box, "--fix");
    assertEquals(await Deno.readTextFile(path), before);

    const { ids, fix } = await doctor(box, "--fix", "--yes");
    assert(!ids.includes(drift), ids.join());
    assertStringIncludes(await Deno.readTextFile(path), `--port ${other}`);
    assert(await isServing(other));

    const undone = await box.openclaw(["doctor", "--undo", fix!.id!]);
    assertDone(undone);
    assertStringIncludes(undone.stdout, "Next: openclaw gateway restart");
    assertEquals(await Deno.readTextFile(path), before);
  },
);

onSystemd("doctor --fix restarts a service that does not serve, unasked", async (box, port) => {
  assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
  assertDone(await box.systemctl("stop", UNIT));
  assert((await doctor(box)).ids.includes("doctor:gateway-health.unreachable"));
  const { ids } = await doctor(box, "--fix");
  assert(!ids.includes("doctor:gateway-health.unreachable"), ids.join());
  assert(await isServing(port));
});

onSystemd("doctor leaves a service alone that somebody else looks after", async (box, port) => {
  assertDone(await box.openclaw(["gateway", "install", "--port", String(port)]));
  assertDone(await box.systemctl("stop", UNIT));
  const env = { OPENCLAW_SERVICE_REPAIR_POLICY: "external" };
  const { stdout } = await box.openclaw(["doctor", "--fix", "--yes", "--json"], env);
  assertEquals(JSON.parse(stdout).fix.plan, []);
  assertEquals((await box.show(UNIT)).ActiveState, "inactive");
});

Deno.test({
  name: "doctor respects a unit of the system for the same gateway",
  ignore: whyNoBox() !== undefined,
  async fn() {
    await using box = await SystemdBox.boot();
    const unit = `[Service]\nExecStart=${box.program} gateway --port 18789\n`;
    const write = `printf '%s' "$UNIT" > /etc/systemd/system/${UNIT}`;
    assertDone(await box.run("sh", ["-c", write], { UNIT: unit }));
    assertDone(await box.openclaw(["setup"]));
    const { ids, findings } = await doctor(box, "--fix", "--yes");
    assert(ids.includes("doctor:gateway-services.system-unit"), JSON.stringify(findings));
    assert(!ids.includes("doctor:gateway-services.not-installed"));
    const own = `${box.home}/.config/systemd/user/${UNIT}`;
    assertEquals((await box.run("test", ["-e", own])).code, 1);
  },
});
