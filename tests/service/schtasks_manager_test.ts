/**
 * The manager of Windows on a machine that remembers: what each verb leaves behind, and what it says
 * when something is in its way.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../../lib/base/mod.ts";
import { type WindowsBox, windowsBox } from "../harness/fakes/windows_in_process.ts";
import type { FakeFault, WindowsState } from "../harness/fakes/windows.ts";

const TASK = "OpenClaw Gateway";
const OWN_FILES = ["gateway-run.cmd", "gateway.cmd", "gateway.task.xml"];
const LANGUAGES = ["en", "es", "de"] as const;

async function states({ manager }: WindowsBox) {
  const { state, pid } = await manager.readRuntime();
  return { isLoaded: await manager.isLoaded(), state, hasPid: pid !== undefined };
}

const SERVING = { isLoaded: true, state: "running", hasPid: true } as const;

function failing(work: () => Promise<unknown>): Promise<AppError> {
  return assertRejects(work, AppError) as Promise<AppError>;
}

Deno.test("install() registers a task, starts it, and uninstall() leaves nothing", async () => {
  await using box = await windowsBox();
  const { manager, state } = box;
  assertEquals(await states(box), { isLoaded: false, state: "not_installed", hasPid: false });
  const report = await manager.install(box.spec());
  assertEquals(report, {
    lines: [
      `Installed Scheduled Task: ${TASK}`,
      `Task script: ${join(box.stateDir, "gateway.cmd")}`,
    ],
    warnings: [],
  });
  assertEquals(await states(box), SERVING);
  assertEquals(box.files(), OWN_FILES);
  assertEquals(
    state.calls.find((call) => call.includes("/Create")),
    `schtasks /Create /F /TN ${TASK} /XML ${join(box.stateDir, "gateway.task.xml")} /HRESULT`,
  );
  const { command, environment } = (await manager.readDefinition())!;
  assertEquals(command.slice(1), ["gateway", "--port", "18789"]);
  assertEquals(environment.OPENCLAW_SERVICE_KIND, "gateway");

  assertStringIncludes((await manager.uninstall()).lines.join("\n"), "Removed task script:");
  assertEquals([state.tasks, state.processes, state.runners, box.files()], [{}, [], [], []]);
});

Deno.test("stop() keeps the task, start() and restart() bring the gateway back", async () => {
  for (const endsTree of [true, false]) {
    await using box = await windowsBox({ endsTree });
    const { manager, state } = box;
    await manager.install(box.spec());
    const first = state.processes[0]!.pid;
    assertEquals((await manager.stop()).lines, [`Stopped Scheduled Task: ${TASK}`]);
    assertEquals(await states(box), { isLoaded: true, state: "stopped", hasPid: false });
    assertEquals(state.runners, [], "the script must not start it again");
    assertEquals((await manager.start()).lines, [`Started Scheduled Task: ${TASK}`]);
    assertEquals(await states(box), SERVING);
    const calls = state.calls.length;
    await manager.start();
    assert(!state.calls.slice(calls).some((call) => call.includes("/Run")), "it runs already");
    const second = state.processes[0]!.pid;
    assertEquals((await manager.restart()).lines, [`Restarted Scheduled Task: ${TASK}`]);
    assertEquals(await states(box), SERVING);
    assertEquals(new Set([first, second, state.processes[0]!.pid]).size, 3);
    assert(!state.calls.some((call) => /\/Delete/.test(call)), "it is never unregistered");
  }
});

Deno.test("stop({ disable }) keeps it off over logins, start() enables it again", async () => {
  await using box = await windowsBox();
  await box.manager.install(box.spec());
  const { lines } = await box.manager.stop({ disable: true });
  assertEquals(lines.at(-1), "It stays off until it is started again.");
  assertEquals(await states(box), { isLoaded: false, state: "stopped", hasPid: false });
  assertMatch((await box.manager.readRuntime()).detail!, /disabled/);
  const { warnings } = await box.manager.start();
  assertEquals(warnings, ["the task was disabled and is enabled again"]);
  assertEquals(await states(box), SERVING);
});

for (const language of LANGUAGES) {
  for (const hasNumbers of [true, false]) {
    const how = `${language}, ${hasNumbers ? "by number" : "by words"}`;
    Deno.test(`install() falls back to the Startup folder when a task is denied (${how})`, async () => {
      await using box = await windowsBox({ language, hasNumbers });
      const { manager, state } = box;
      state.faults.push({ match: "schtasks /Create", times: 1, kind: "denied" });
      const { lines, warnings } = await manager.install(box.spec());
      assertEquals(lines[0], `Installed Windows login item: ${box.entry}`);
      assertMatch(warnings[0]!, /refused the task/);
      assertEquals(await states(box), SERVING);
      assertStringIncludes(await Deno.readTextFile(box.entry), "conhost.exe");
      await manager.restart();
      assertEquals(await states(box), SERVING);
      assertMatch((await manager.readRuntime()).detail!, /login item installed; listener detected/);
      await manager.stop();
      assertEquals(await states(box), { isLoaded: true, state: "stopped", hasPid: false });

      // As soon as it may, a task takes the place of the entry.
      await manager.install(box.spec());
      assertEquals(await Deno.stat(box.entry).catch(() => "gone"), "gone");
      assertEquals([Object.keys(state.tasks), await states(box)], [[TASK], SERVING]);
      await manager.uninstall();
      assertEquals([state.tasks, state.processes, box.files()], [{}, [], []]);
    });
  }

  Deno.test(`readRuntime() reads a query in ${language}`, async () => {
    await using box = await windowsBox({ language });
    const { manager, state } = box;
    await manager.install(box.spec());
    const runtime = await manager.readRuntime();
    assertEquals([runtime.state, runtime.lastRunResult], ["running", "0x41301"]);
    assertMatch(runtime.lastRunTime!, /10:00:/);
    await manager.stop();
    const { detail } = await manager.readRuntime();
    assertEquals(detail, "Task Last Run Result=0x41306; treating as not running.");
    state.tasks[TASK]!.result = 0x41303;
    assertEquals((await manager.readRuntime()).detail, "the task has not run yet");
  });
}

Deno.test("install() falls back when the scheduler hangs, and all verbs work then", async () => {
  await using box = await windowsBox();
  const { manager, state } = box;
  state.faults.push({ match: "schtasks", times: 1000, kind: "timeout" });
  const { lines, warnings } = await manager.install(box.spec());
  assertEquals(lines[0], `Installed Windows login item: ${box.entry}`);
  assertMatch(warnings[0]!, /did not answer/);
  assertEquals(await states(box), SERVING);
  await manager.restart();
  await manager.stop();
  assertEquals(state.processes, []);
  await manager.start();
  assertEquals(await states(box), SERVING);
  await manager.uninstall();
  assertEquals([state.processes, box.files()], [[], []]);
});

Deno.test("install() puts everything back when an administrator's task is in the way", async () => {
  await using box = await windowsBox();
  const { manager, state } = box;
  await manager.install(box.spec({ secrets: { KEY: "4711" } }));
  const before = await Deno.readTextFile(manager.definitionPath);
  state.faults.push({ match: "schtasks /Create", times: 1, kind: "denied" });
  const error = await failing(() => manager.install(box.spec({ port: 18800 })));
  assertEquals(error.code, "SERVICE_INSTALL_FAILED");
  assertEquals(
    error.hint,
    `In a terminal of an administrator: schtasks /Delete /F /TN "${TASK}"`,
  );
  assertEquals(await Deno.readTextFile(manager.definitionPath), before);
  assertEquals(await states(box), SERVING);
  assertEquals(state.processes[0]!.port, 18789);
  assertEquals((await manager.readDefinition())!.environment.KEY, "4711");
});

Deno.test("install() says so when the definition itself is refused", async () => {
  for (const hasNumbers of [true, false]) {
    await using box = await windowsBox({ hasNumbers });
    box.state.faults.push({ match: "schtasks /Create", times: 1, kind: "bad-xml" });
    const error = await failing(() => box.manager.install(box.spec()));
    assertEquals(error.code, "SERVICE_INSTALL_FAILED");
    assertMatch(error.message, /\(9,14\):UserId/);
    assertEquals(await box.manager.readDefinition(), undefined);
  }
});

Deno.test("a reinstallation stops the gateway on its old port and keeps the script before", async () => {
  await using box = await windowsBox();
  await box.manager.install(box.spec());
  const { lines } = await box.manager.install(box.spec({ port: 18800 }));
  assertEquals(lines[0], `Updated Scheduled Task: ${TASK}`);
  assertEquals(box.state.processes.map(({ port }) => port), [18800]);
  assertStringIncludes(await Deno.readTextFile(`${box.manager.definitionPath}.bak`), "18789");
});

Deno.test("a task that never starts is started directly, and said so", async () => {
  await using box = await windowsBox({ neverStarts: true });
  const { warnings } = await box.manager.install(box.spec());
  assertMatch(warnings[0]!, /did not begin within 15s.*started directly/);
  assertEquals((await states(box)).hasPid, true);
  await box.manager.stop();
  assertEquals(box.state.processes, []);
});

Deno.test("start() is not misled by the failures of an earlier start", async () => {
  await using box = await windowsBox({ gatewayStatus: 78 });
  await box.manager.install(box.spec());
  delete box.state.gatewayStatus;
  box.state.neverStarts = true;
  const { warnings } = await box.manager.start();
  assertMatch(warnings[0]!, /started directly/);
  assertEquals((await states(box)).hasPid, true);
});

Deno.test("a gateway that is killed is started again by its script", async () => {
  await using box = await windowsBox();
  await box.manager.install(box.spec());
  const { pid } = box.state.processes[0]!;
  box.windows.run("taskkill", ["/F", "/T", "/PID", String(pid)]);
  assert(box.state.processes[0]!.pid !== pid);
  assertEquals(await states(box), SERVING);
});

Deno.test("a task that is gone is registered again by start and restart", async () => {
  for (const verb of ["start", "restart"] as const) {
    await using box = await windowsBox();
    await box.manager.install(box.spec());
    await box.manager.stop();
    delete box.state.tasks[TASK];
    const runtime = await box.manager.readRuntime();
    assertEquals([runtime.state, runtime.isMissingSupervision], ["stopped", true]);
    const { warnings } = await box.manager[verb]();
    assertEquals(warnings, ["the task was gone and is registered again"]);
    assertEquals(await states(box), SERVING);
  }
});

Deno.test("without an installation start and restart name the command that makes one", async () => {
  await using box = await windowsBox();
  for (const verb of ["start", "restart"] as const) {
    const error = await failing(() => box.manager[verb]());
    assertEquals([error.code, error.hint], [
      `SERVICE_${verb.toUpperCase()}_FAILED`,
      "openclaw gateway install --force",
    ]);
  }
  assertMatch((await box.manager.uninstall()).lines[0]!, /Task script not found/);
});

Deno.test("uninstall() tries a deletion again, and gives up with the command to run", async () => {
  await using once = await windowsBox();
  await once.manager.install(once.spec());
  once.state.faults.push({ match: "schtasks /Delete", times: 1, kind: "failed" });
  await once.manager.uninstall();
  assertEquals([once.state.tasks, once.files()], [{}, []]);

  await using never = await windowsBox();
  await never.manager.install(never.spec());
  never.state.faults.push({ match: "schtasks /Delete", times: 9, kind: "failed" });
  const error = await failing(() => never.manager.uninstall());
  assertEquals(error.code, "SERVICE_UNINSTALL_FAILED");
  assertEquals(error.hint, `schtasks /Delete /F /TN "${TASK}"`);
  assert(never.files().includes("gateway.cmd"), "a task without its script would fail at login");
});

Deno.test("a gateway that cannot be ended is named with the command that ends it", async () => {
  await using box = await windowsBox();
  await box.manager.install(box.spec());
  box.state.isUnkillable = true;
  const error = await failing(() => box.manager.stop());
  const [{ pid } = { pid: 0 }] = box.state.processes;
  assertEquals(error.code, "SERVICE_STOP_FAILED");
  assertEquals(error.message, `gateway port 18789 is still busy after stop: pid ${pid}`);
  assertStringIncludes(error.hint!, `taskkill /F /T /PID ${pid}`);
});

Deno.test("another program on the port is nobody's to end", async () => {
  await using box = await windowsBox();
  const foreign = { pid: 7, name: "web.exe", commandLine: "C:\\web.exe serve", port: 18789 };
  box.state.processes.push(foreign);
  await box.manager.install(box.spec());
  const runtime = await box.manager.readRuntime();
  assertEquals([runtime.state, runtime.lastExitStatus], ["failed", 78]);
  assertMatch(runtime.detail!, /port is taken/);
  await box.manager.stop();
  await box.manager.uninstall();
  assertEquals(box.state.processes, [foreign]);
});

Deno.test("readRuntime() tells a crash loop and a refused config from a stop", async () => {
  await using looping = await windowsBox({ gatewayStatus: 1 });
  await looping.manager.install(looping.spec());
  const runtime = await looping.manager.readRuntime();
  assertEquals([runtime.state, runtime.lastExitStatus, runtime.restarts], ["crash_looping", 1, 4]);
  delete looping.state.gatewayStatus;
  await looping.manager.restart();
  assertEquals(await states(looping), SERVING);

  await using refused = await windowsBox({ gatewayStatus: 78 });
  await refused.manager.install(refused.spec());
  assertEquals((await refused.manager.readRuntime()).state, "failed");
});

Deno.test("private values are made private before they are written, and stand nowhere else", async () => {
  await using box = await windowsBox();
  const { manager, state } = box;
  const spec = box.spec({ secrets: { CANARY: 'k=4711 "&%' } });
  const plan = manager.planInstall(spec);
  assertEquals(plan.commands[0]!.slice(2), ["/inheritance:r", "/grant:r", "OFFICE\\ann:F"]);
  await manager.install(spec);
  const file = join(box.stateDir, "gateway.windows.env");
  assertEquals(await Deno.readTextFile(file), 'CANARY="k=4711 "&%"\r\n');
  assertEquals(state.acl[file], "/inheritance:r /grant:r OFFICE\\ann:F");
  for (const name of box.files().filter((name) => !name.endsWith(".env"))) {
    assert(!(await Deno.readTextFile(join(box.stateDir, name))).includes("4711"), name);
  }
  const { environment, environmentSources } = (await manager.readDefinition())!;
  assertEquals([environment.CANARY, environmentSources.CANARY], ['k=4711 "&%', "file"]);
  await manager.install(box.spec());
  assert(!box.files().includes("gateway.windows.env"), "nothing wants them any more");
});

Deno.test("install() writes no private value that it cannot keep private", async () => {
  await using box = await windowsBox();
  box.state.faults.push({ match: "icacls", times: 1, kind: "denied" });
  const error = await failing(() => box.manager.install(box.spec({ secrets: { CANARY: "4711" } })));
  assertEquals(error.code, "SERVICE_INSTALL_FAILED");
  for (const name of box.files()) {
    assert(!(await Deno.readTextFile(join(box.stateDir, name))).includes("4711"), name);
  }
});

Deno.test("what cannot stand in a script is refused before anything is touched", async () => {
  await using box = await windowsBox();
  const error = await failing(() => box.manager.install(box.spec({ secrets: { KEY: "a\nb" } })));
  assertMatch(error.message, /KEY.*line break/);
  assertEquals([box.files(), box.state.calls], [[], []]);
});

const FAULTS: readonly FakeFault[] = [
  { match: "schtasks /Create", times: 1, kind: "denied" },
  { match: "schtasks /Create", times: 1, kind: "timeout" },
  { match: "schtasks /Run", times: 1, kind: "failed" },
  { match: "schtasks /Run", times: 1, kind: "timeout" },
  { match: "schtasks /End", times: 1, kind: "failed" },
  { match: "schtasks /Query", times: 1, kind: "timeout" },
  { match: "schtasks /Delete", times: 1, kind: "failed" },
  { match: "taskkill", times: 1, kind: "failed" },
];
/** Changes from outside. */
const MISHAPS: readonly ((state: WindowsState) => void)[] = [
  (state) => delete state.tasks[TASK],
  (state) => Object.values(state.tasks).forEach((task) => task.isEnabled = false),
  (state) => state.endsTree = !state.endsTree,
  (state) => state.neverStarts = !state.neverStarts,
];
const VERBS = ["install", "start", "stop", "restart", "uninstall"] as const;
const SEQUENCES = 500;

Deno.test(`${SEQUENCES} random sequences end registered and started, or say what to run`, async () => {
  const { Dice, seedOf } = await import("../harness/fakes/dice.ts");
  const dice = new Dice(seedOf("sequences"));
  for (let sequence = 0; sequence < SEQUENCES; sequence++) {
    await using box = await windowsBox({
      language: dice.pick(LANGUAGES),
      hasNumbers: dice.chance(0.5),
      endsTree: dice.chance(0.5),
    });
    const trace: string[] = [];
    for (let step = 0; step < 2 + dice.below(6); step++) {
      if (dice.chance(0.3)) dice.pick(MISHAPS)(box.state);
      if (dice.chance(0.4)) box.state.faults.push({ ...dice.pick(FAULTS) });
      await takeStep(box, dice.pick(VERBS), trace, dice.told.bind(dice));
    }
    box.state.faults.length = 0;
    await takeStep(box, "install", trace, dice.told.bind(dice));
    assertEquals((await states(box)).hasPid, true, dice.told(trace.join(", ")));
  }
});

/** Runs a verb and checks what it has promised, or what it says instead. */
async function takeStep(
  box: WindowsBox,
  verb: (typeof VERBS)[number],
  trace: string[],
  told: (text: string) => string,
): Promise<void> {
  const { manager, state } = box;
  trace.push(verb);
  try {
    if (verb === "install") await manager.install(box.spec());
    else await manager[verb]();
  } catch (error) {
    const at = told(`${trace.join(", ")}: ${error}`);
    assert(error instanceof AppError && /^SERVICE_/.test(error.code), at);
    assertMatch(error.hint ?? "", /schtasks|openclaw|taskkill/, at);
    trace.push(error.code);
    return;
  }
  state.faults.length = 0;
  const at = told(trace.join(", "));
  const gateways = state.processes.length;
  assert(gateways <= 1, at);
  if (verb === "stop") assertEquals(gateways, 0, at);
  else if (verb === "uninstall") {
    assertEquals([gateways, state.tasks, state.runners, box.files()], [0, {}, [], []], at);
  } else {
    assertEquals([gateways, await manager.isLoaded()], [1, true], at);
  }
}
