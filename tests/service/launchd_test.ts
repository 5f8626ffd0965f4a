/**
 * The manager of launchd against a stand-in with the known habits of the real one, which is a real
 * executable.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../../lib/base/mod.ts";
import { type FakeState, tick } from "../harness/fakes/launchd.ts";
import { LaunchctlBox } from "../harness/launchctl_box.ts";
import { LABEL, Mac } from "../harness/mac.ts";

const TARGET = `gui/501/${LABEL}`;

function onMac(
  name: string,
  fn: (mac: Mac, box: LaunchctlBox) => Promise<void>,
  over: Partial<FakeState> = {},
): void {
  Deno.test(name, async () => {
    await using box = await LaunchctlBox.create(over);
    await using mac = await Mac.create(box.runCommand);
    await fn(mac, box);
  });
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  return await assertRejects(() => work, AppError);
}

onMac(
  "install() writes private files, loads the job, and uninstall() leaves none",
  async (mac, box) => {
    await Deno.mkdir(join(mac.home, ".Trash"));
    const { lines } = await mac.manager.install(mac.spec);
    assertEquals(lines[0], `Installed LaunchAgent: ${mac.plist}`);
    assertEquals(box.verbs, ["print", "enable", "print", "bootstrap", "print"]);
    assertEquals((await Deno.stat(mac.plist)).mode! & 0o777, 0o600);
    const environment = join(mac.home, `.openclaw/service-env/${LABEL}.env`);
    assertEquals((await Deno.stat(environment)).mode! & 0o777, 0o600);
    assertStringIncludes(await Deno.readTextFile(environment), "export API_KEY='canary'");
    assertEquals((await mac.manager.readRuntime()).state, "running");
    assertEquals((await mac.manager.readDefinition())?.environment.API_KEY, "canary");

    const removed = await mac.manager.uninstall();
    assertEquals(removed.lines, [`Moved LaunchAgent to Trash: ${mac.home}/.Trash/${LABEL}.plist`]);
    assertEquals(await mac.files(), [`.Trash/${LABEL}.plist`]);
    assertEquals(box.state.jobs, {});
    assertEquals((await mac.manager.readRuntime()).state, "not_installed");
    assertEquals((await mac.manager.uninstall()).lines, [`LaunchAgent not found at ${mac.plist}`]);
  },
);

onMac("install() replaces what is there and keeps a copy of it", async (mac, box) => {
  await mac.manager.install(mac.spec);
  const before = await Deno.readTextFile(mac.plist);
  await mac.manager.install({ ...mac.spec, description: "another" });
  assertEquals(box.state.jobs[LABEL]?.runs, 1);
  const backup = join(mac.home, `.openclaw/service-env/${LABEL}.plist.bak`);
  assertEquals(await Deno.readTextFile(backup), before);
  await mac.manager.uninstall();
  assertEquals(await mac.files(), []);
});

onMac("uninstall() puts nothing into the trash that may hold secrets", async (mac) => {
  await Deno.mkdir(join(mac.home, ".Trash"));
  await Deno.mkdir(join(mac.home, "Library/LaunchAgents"), { recursive: true });
  await Deno.writeTextFile(
    mac.plist,
    "<plist><dict><key>Label</key><string>x</string><key>EnvironmentVariables</key><dict>" +
      "<key>OPENCLAW_GATEWAY_TOKEN</key><string>canary</string></dict></dict></plist>",
  );
  assertEquals((await mac.manager.uninstall()).lines, [`Removed LaunchAgent: ${mac.plist}`]);
  assertEquals(await mac.files(), []);
});

onMac(
  "stop() takes the job out, start() brings it back without another installation",
  async (mac, box) => {
    await mac.manager.install(mac.spec);
    await mac.manager.stop();
    assertEquals(await mac.manager.isLoaded(), false);
    const runtime = await mac.manager.readRuntime();
    assertEquals([runtime.state, runtime.isMissingSupervision, runtime.detail], [
      "stopped",
      true,
      undefined,
    ]);
    await mac.manager.start();
    assertEquals((await mac.manager.readRuntime()).state, "running");
    const pid = box.state.jobs[LABEL]?.pid;
    await mac.manager.start();
    assertEquals(box.state.jobs[LABEL]?.pid, pid);
  },
);

onMac(
  "stop() with disable stays over logins, also of one that is stopped already",
  async (mac, box) => {
    await mac.manager.install(mac.spec);
    await mac.manager.stop();
    const { lines } = await mac.manager.stop({ disable: true });
    assertEquals(lines, [
      `LaunchAgent was stopped already: ${TARGET}`,
      "It stays off until it is started again.",
    ]);
    assertEquals(box.state.disabled, [LABEL]);
    assertStringIncludes((await mac.manager.readRuntime()).detail!, "disabled");
    await mac.manager.start();
    assertEquals([box.state.disabled, await mac.manager.isLoaded()], [[], true]);
  },
);

onMac("restart() never takes the job out", async (mac, box) => {
  await mac.manager.install(mac.spec);
  const before = box.state.calls.length;
  await mac.manager.restart();
  assertEquals(box.verbs.slice(before), ["enable", "print", "kickstart -k"]);
  assertEquals(box.state.jobs[LABEL]?.runs, 2);
});

onMac(
  "restart() waits for a job that an earlier stop has left going, shown or not",
  async (mac, box) => {
    for (const isShownWhileUnloading of [true, false]) {
      await mac.manager.install(mac.spec);
      box.change((state) => {
        state.unloadTicks = 20;
        state.isShownWhileUnloading = isShownWhileUnloading;
      });
      await box.runCommand("launchctl", ["bootout", TARGET]);
      await mac.manager.restart();
      box.change((state) => Array.from({ length: 30 }, () => tick(state)));
      assertEquals((await mac.manager.readRuntime()).state, "running");
      await mac.manager.uninstall();
    }
    assert(mac.waitedMs > 0);
  },
);

onMac(
  "error 5 of a bootstrap passes, and is told with the way out when it does not",
  async (mac, box) => {
    await mac.manager.install(mac.spec);
    await mac.manager.stop();
    const eio = { verb: "bootstrap", code: 5, text: "Bootstrap failed: 5: Input/output error" };
    box.change((state) => state.failures.push({ ...eio, times: 6 }));
    await mac.manager.start();
    assertEquals(await mac.manager.isLoaded(), true);

    await mac.manager.stop();
    box.change((state) => state.failures.push({ ...eio, times: 1000 }));
    mac.waitedMs = 0;
    const error = await refusal(mac.manager.restart());
    assertEquals(error.code, "SERVICE_RESTART_FAILED");
    assertEquals(
      error.message,
      `Cannot restart ${TARGET}: launchctl bootstrap failed: Bootstrap failed: 5: Input/output error`,
    );
    assertEquals(error.hint?.split("\n"), [
      `launchctl enable ${TARGET}`,
      `launchctl bootstrap gui/501 ${mac.plist}`,
      "openclaw gateway status --deep",
    ]);
    assert(mac.waitedMs >= 40_000 && mac.waitedMs < 50_000, String(mac.waitedMs));
  },
);

onMac("a job that is loaded although launchd said no is not loaded twice", async (mac, box) => {
  await mac.manager.install(mac.spec);
  await mac.manager.stop();
  const text = "Bootstrap failed: 37: Operation already in progress";
  box.change((state) =>
    state.failures.push({ verb: "bootstrap", times: 1, code: 37, text, isDone: true })
  );
  await mac.manager.start();
  assertEquals(box.state.jobs[LABEL]?.runs, 1);
});

onMac("a refusal that lasts is told at once, and a loaded job stays loaded", async (mac, box) => {
  await mac.manager.install(mac.spec);
  const text = "Could not kickstart service: 150: Operation not permitted";
  box.change((state) => state.failures.push({ verb: "kickstart", times: 1000, code: 150, text }));
  const error = await refusal(mac.manager.restart());
  assertEquals([error.code, error.details?.reason], ["SERVICE_RESTART_FAILED", "denied"]);
  assertStringIncludes(error.hint!, `launchctl kickstart -k ${TARGET}`);
  assertEquals([mac.waitedMs, await mac.manager.isLoaded()], [0, true]);
});

onMac("without a login at the screen every verb says what that means", async (mac, box) => {
  await mac.manager.install(mac.spec);
  box.change((state) => void (state.hasDomain = false));
  const verbs = [
    () => mac.manager.isLoaded(),
    () => mac.manager.install(mac.spec),
    () => mac.manager.start(),
    () => mac.manager.restart(),
    () => mac.manager.stop(),
    () => mac.manager.uninstall(),
  ];
  for (const verb of verbs) {
    const error = await refusal(verb());
    assertEquals([error.code, error.details?.reason], [
      "SERVICE_MANAGER_UNAVAILABLE",
      "no-gui-session",
    ]);
    assertStringIncludes(error.hint!, "openclaw gateway start");
    assertStringIncludes(error.hint!, "SSH");
    assertStringIncludes(error.hint!, "LaunchDaemon");
  }
  const runtime = await mac.manager.readRuntime();
  assertEquals(runtime.state, "unknown");
  assertStringIncludes(runtime.detail!, "not logged in at the screen");
});

onMac("output in another language changes nothing", async (mac, box) => {
  await mac.manager.install(mac.spec);
  await mac.manager.stop();
  box.change((state) => void (state.limbo[LABEL] = 15));
  await mac.manager.restart();
  assertEquals(await mac.manager.isLoaded(), true);
  await mac.manager.uninstall();
  assertEquals(await mac.manager.isLoaded(), false);
}, { isGerman: true });

for (const style of ["legacy", "older", "current"] as const) {
  onMac(`a service lives its life on a ${style} macOS`, async (mac) => {
    await mac.manager.install(mac.spec);
    assertEquals((await mac.manager.readRuntime()).state, "running");
    await mac.manager.restart();
    await mac.manager.stop({ disable: true });
    await mac.manager.restart();
    assertEquals((await mac.manager.readRuntime()).state, "running");
    await mac.manager.uninstall();
    assertEquals((await mac.manager.readRuntime()).state, "not_installed");
  }, { style, unloadTicks: 5 });
}

onMac(
  "a gateway that ends at once is told from one that crashes again and again",
  async (mac, box) => {
    await mac.manager.install(mac.spec);
    const refused = await mac.manager.readRuntime();
    assertEquals([refused.state, refused.lastExitStatus], ["failed", 0]);
    assertStringIncludes(refused.detail!, "not started again");

    box.change((state) => void (state.program = "crashes"));
    await mac.manager.restart();
    for (let look = 0; look < 3; look++) await mac.manager.isLoaded();
    const crashed = await mac.manager.readRuntime();
    assertEquals([crashed.state, crashed.lastExitStatus], ["crash_looping", 1]);
  },
  { program: "refuses" },
);

onMac("a job whose definition is gone is found, told, and can be stopped", async (mac) => {
  await mac.manager.install(mac.spec);
  await Deno.remove(mac.plist);
  const runtime = await mac.manager.readRuntime();
  assertEquals([runtime.state, runtime.isCached], ["running", true]);
  assertStringIncludes(runtime.detail!, `launchctl bootout ${TARGET}`);
  await mac.manager.stop();
  const error = await refusal(mac.manager.start());
  assertEquals([error.code, error.hint], ["SERVICE_START_FAILED", "openclaw gateway install"]);
});

onMac(
  "a definition that others may write to is closed, since launchd would refuse it",
  async (mac) => {
    await mac.manager.install(mac.spec);
    await mac.manager.stop();
    await Deno.chmod(mac.plist, 0o666);
    await mac.manager.start();
    assertEquals((await Deno.stat(mac.plist)).mode! & 0o777, 0o644);
  },
);

onMac("a definition in the binary form is no definition to rely on", async (mac) => {
  await mac.manager.install(mac.spec);
  await Deno.writeFile(mac.plist, new TextEncoder().encode("bplist00\xd1\x00\xff"));
  assertEquals((await mac.manager.readDefinition())?.command, []);
});

Deno.test("from inside of the job nothing is done that would end half way", async () => {
  await using box = await LaunchctlBox.create();
  await using mac = await Mac.create(box.runCommand, { XPC_SERVICE_NAME: LABEL });
  await mac.manager.install(mac.spec);
  for (const verb of [() => mac.manager.install(mac.spec), () => mac.manager.uninstall()]) {
    const error = await refusal(verb());
    assertEquals(error.details?.reason, "inside-job");
    assertEquals(await mac.manager.isLoaded(), true);
  }
});

Deno.test("through sudo nothing is touched", async () => {
  await using box = await LaunchctlBox.create();
  await using mac = await Mac.create(box.runCommand, { SUDO_USER: "ada" });
  const error = await refusal(mac.manager.install(mac.spec));
  assertEquals([error.code, error.details?.reason], ["SERVICE_MANAGER_UNAVAILABLE", "sudo"]);
  assertEquals([await mac.files(), box.verbs], [[], []]);
});

onMac("an older gateway under its former name is told about", async (mac) => {
  const path = join(mac.home, "Library/LaunchAgents/com.clawdbot.gateway.plist");
  await Deno.mkdir(join(mac.home, "Library/LaunchAgents"), { recursive: true });
  await Deno.writeTextFile(
    path,
    "<plist><dict><key>Label</key><string>com.clawdbot.gateway</string></dict></plist>",
  );
  const { warnings } = await mac.manager.install(mac.spec);
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0]!, "launchctl bootout gui/501/com.clawdbot.gateway");
});
