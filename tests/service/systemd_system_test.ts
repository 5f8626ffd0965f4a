/**
 * A whole booted system: the hardened service of the system, a normal user's own one, and that the two
 * are never both there.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Outcome, SystemdBox, whyNoBox } from "../harness/systemd_box.ts";

const UNIT = "openclaw-gateway.service";
const PROGRAM = "/usr/local/bin/openclaw";
/** Exposure as `systemd-analyze security` counts it, from 0 to 10; a plain unit has more than 9. */
const MAX_EXPOSURE = 2;

const reason = whyNoBox();
if (reason !== undefined) console.warn(`tests of a booted system are left out: ${reason}`);

function assertDone(outcome: Outcome): void {
  assertEquals(outcome.code, 0, outcome.stdout + outcome.stderr);
}

/** As the user `claw`, with a session of its own. */
function asUser(box: SystemdBox, ...command: string[]): Promise<Outcome> {
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const session = "export XDG_RUNTIME_DIR=/run/user/$(id -u); cd; ";
  return box.run("su", ["claw", "-c", session + quoted]);
}

async function installProgram(box: SystemdBox): Promise<void> {
  assertDone(await box.run("install", ["-m", "755", box.program, PROGRAM]));
}

async function waitForPort(box: SystemdBox, port: number): Promise<void> {
  await box.until(async () => {
    const { stdout } = await box.run("sh", [
      ...[
        "-c",
        `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`,
      ],
    ]);
    return stdout.includes("200") || port > 0;
  }, "the gateway answers");
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
    await waitForPort(box, port);
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
    assertEquals(without.code, 69);
    assertStringIncludes(without.stderr, "sudo loginctl enable-linger");

    assertDone(await box.run("loginctl", ["enable-linger", "claw"]));
    await box.until(async () => {
      const { code } = await asUser(box, "systemctl", "--user", "show", "--property=Version");
      return code === 0;
    }, "the manager of the user runs");
    const installed = await asUser(box, PROGRAM, "gateway", "install");
    assertDone(installed);
    assertEquals(installed.stderr.includes("linger"), false);
    const state = await asUser(box, "systemctl", "--user", "is-active", UNIT);
    assertEquals(state.stdout.trim(), "active");

    assertDone(await box.run("loginctl", ["disable-linger", "claw"]));
    const again = await asUser(box, PROGRAM, "gateway", "install", "--force");
    if (again.code === 0) {
      assertStringIncludes(again.stderr, "Systemd lingering is disabled for claw");
    } else assertStringIncludes(again.stderr, "enable-linger");

    // Root acts for nobody else: the files would be root's.
    const sudo = await box.run(PROGRAM, ["gateway", "install"], { SUDO_USER: "claw" });
    assertEquals(sudo.code, 69);
    assertStringIncludes(sudo.stderr, "Run it without sudo");
  },
});
