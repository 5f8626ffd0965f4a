/**
 * A whole booted system: the hardened service of the system, a normal user's own one, and that the two
 * are never both there.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertDone, UNIT } from "../harness/on_systemd.ts";
import { type Outcome, SystemdBox, whyNoBox } from "../harness/systemd_box.ts";

const PROGRAM = "/usr/local/bin/openclaw";
/** Exposure as `systemd-analyze security` counts it, from 0 to 10; a plain unit has more than 9. */
const MAX_EXPOSURE = 2;

/** Another account runs the program, which no source below somebody's home is. */
const reason = Deno.env.get("OPENCLAW_TEST_BINARY") === undefined
  ? "OPENCLAW_TEST_BINARY names no executable"
  : whyNoBox();
if (reason !== undefined) console.warn(`tests of a booted system are left out: ${reason}`);

/** As the user `claw`, with a session of its own. */
function asUser(box: SystemdBox, ...command: string[]): Promise<Outcome> {
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const session = "export XDG_RUNTIME_DIR=/run/user/$(id -u); cd; ";
  return box.run("su", ["claw", "-c", session + quoted]);
}

async function installProgram(box: SystemdBox): Promise<void> {
  assertDone(await box.run("install", ["-m", "755", box.program, PROGRAM]));
}

Deno.test({
  name: "the service of the system runs hardened, as an account of its own",
  ignore: reason !== undefined,
  async fn() {
    await using box = await SystemdBox.boot();
    await installProgram(box);
    const port = 18_861;
    const run = (...args: string[]) => box.run(PROGRAM, args);
    assertDone(await run("gateway", "install", "--system", "--port", String(port)));
    const show = await box.run("systemctl", ["show", UNIT, "--property=MainPID,ActiveState,User"]);
    assertMatch(show.stdout, /ActiveState=active/);
    assertMatch(show.stdout, /User=openclaw/);
    const verified = await box.run("systemd-analyze", ["verify", `/etc/systemd/system/${UNIT}`]);
    assertEquals([verified.code, verified.stderr], [0, ""]);
    const security = await box.run("systemd-analyze", ["security", "--no-pager", UNIT]);
    const exposure = Number(/exposure level for .*: ([\d.]+)/.exec(security.stdout)?.[1]);
    assert(exposure <= MAX_EXPOSURE, security.stdout.split("\n").at(-2));
    const owner = await box.run("stat", [
      "-c",
      "%U %a",
      "/var/lib/openclaw/.openclaw/openclaw.json",
    ]);
    assertEquals(owner.stdout.trim(), "openclaw 600");

    // A user's own service for the same gateway would fight with it for the port.
    assertDone(await box.run("loginctl", ["enable-linger", "claw"]));
    const doubled = await asUser(box, PROGRAM, "gateway", "install", "--port", String(port));
    assertEquals(doubled.code, 78);
    assertStringIncludes(doubled.stderr, `the system already has /etc/systemd/system/${UNIT}`);

    assertDone(await run("gateway", "restart", "--system", "--force"));
    assertDone(await run("gateway", "stop", "--system"));
    assertDone(await run("gateway", "uninstall", "--system"));
    const gone = await box.run("systemctl", ["show", UNIT, "--property=LoadState"]);
    assertEquals(gone.stdout.trim(), "LoadState=not-found");
  },
});

Deno.test({
  name: "a normal user's service says what a logout does to it, and outlives one with lingering",
  ignore: reason !== undefined,
  async fn() {
    await using box = await SystemdBox.boot();
    await installProgram(box);
    const without = await asUser(box, PROGRAM, "gateway", "install");
    assertDone(without);
    assertStringIncludes(without.stderr, "Run: sudo loginctl enable-linger claw");

    assertDone(await box.run("loginctl", ["enable-linger", "claw"]));
    const installed = await asUser(box, PROGRAM, "gateway", "install", "--force");
    assertDone(installed);
    assertEquals(installed.stderr, "");
    const state = await asUser(box, "systemctl", "--user", "is-active", UNIT);
    assertEquals(state.stdout.trim(), "active");

    // Root acts for nobody else: the files would be root's.
    const sudo = await box.run(PROGRAM, ["gateway", "install"], { SUDO_USER: "claw" });
    assertEquals(sudo.code, 69);
    assertStringIncludes(sudo.stderr, "Run it without sudo");
  },
});
