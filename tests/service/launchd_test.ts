/**
 * The manager of launchd against a stand-in with the known habits of the real one.
 *
 * Directed cases run a real executable; the random ones call the stand-in within the process, unless
 * `OPENCLAW_LAUNCHD_REAL=1` sends them through the executable as well. `OPENCLAW_LAUNCHD_SEED` and
 * `OPENCLAW_LAUNCHD_SEQUENCES` choose where the random ones begin and how many there are.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { AppError, envOf } from "../../lib/base/mod.ts";
import type { RunCommand } from "../../lib/platform/mod.ts";
import { buildServiceSpec, serviceNames, type ServiceSpec } from "../../lib/service/mod.ts";
import { LaunchdManager } from "../../lib/service/launchd/manager.ts";
import { callLaunchctl, type FakeState, freshState, tick } from "../harness/fakes/launchd.ts";
import { LaunchctlBox } from "../harness/launchctl_box.ts";

const LABEL = "ai.openclaw.gateway";
const TARGET = `gui/501/${LABEL}`;

/** A home with a manager in it. */
class Mac implements AsyncDisposable {
  readonly home: string;
  readonly spec: ServiceSpec;
  readonly manager: LaunchdManager;
  /** How long the manager has waited, in milliseconds; none of it has passed. */
  waitedMs = 0;

  private constructor(home: string, runCommand: RunCommand, variables: Record<string, string>) {
    this.home = home;
    const stateDir = join(home, ".openclaw");
    const env = envOf(variables);
    this.spec = buildServiceSpec({
      os: "darwin",
      names: serviceNames(undefined, env),
      version: "1.2.3",
      program: ["/usr/local/bin/openclaw"],
      port: 18789,
      home,
      stateDir,
      env,
      secrets: { API_KEY: "canary" },
      managedKeys: [],
    });
    this.manager = new LaunchdManager({
      runCommand,
      env,
      home,
      stateDir,
      label: LABEL,
      uid: 501,
      sudoUser: variables.SUDO_USER,
      wait: (ms) => {
        this.waitedMs += ms;
        return Promise.resolve();
      },
    });
  }

  static async create(
    runCommand: RunCommand,
    variables: Record<string, string> = {},
  ): Promise<Mac> {
    const home = await Deno.makeTempDir({ prefix: "openclaw-mac-" });
    return new Mac(home, runCommand, variables);
  }

  get plist(): string {
    return this.manager.definitionPath;
  }

  /** Files of the service that are there, relative to the home. */
  async files(): Promise<string[]> {
    const found: string[] = [];
    for (const folder of ["Library/LaunchAgents", ".openclaw/service-env", ".Trash"]) {
      const entries = [];
      try {
        for await (const { name } of Deno.readDir(join(this.home, folder))) entries.push(name);
      } catch {
        continue;
      }
      found.push(...entries.sort().map((name) => `${folder}/${name}`));
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.home, { recursive: true });
  }
}

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

/** The same numbers for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

const FAILURES: readonly (readonly [verb: string, code: number, text: string])[] = [
  ["bootstrap", 5, "Bootstrap failed: 5: Input/output error"],
  ["bootstrap", 37, "Bootstrap failed: 37: Operation already in progress"],
  ["bootstrap", 17, "Bootstrap failed: 17: File exists"],
  ["bootstrap", 119, "Bootstrap failed: 119: Service is disabled"],
  ["bootstrap", 150, "Bootstrap failed: 150: Operation not permitted"],
  ["bootstrap", 125, "Bootstrap failed: 125: Domain does not support specified action"],
  ["bootstrap", 1, "Der Vorgang konnte nicht abgeschlossen werden."],
  ["bootout", 5, "Boot-out failed: 5: Input/output error"],
  ["bootout", 36, "Boot-out failed: 36: Operation now in progress"],
  ["bootout", 3, "Boot-out failed: 3: No such process"],
  ["bootout", 1, "Boot-out failed: 1: Operation not permitted"],
  ["kickstart", 37, "Could not kickstart: 37: Operation already in progress"],
  ["kickstart", 113, "Could not find service in domain"],
  ["kickstart", 150, "Operation not permitted while System Integrity Protection is engaged"],
  ["enable", 5, "Could not enable: 5: Input/output error"],
  ["enable", 125, "Domain does not support specified action"],
  ["disable", 1, "Could not disable service"],
  ["print", 1, "Could not print service"],
];

const CODES = new Set([
  "SERVICE_MANAGER_UNAVAILABLE",
  "SERVICE_CHECK_FAILED",
  "SERVICE_INSTALL_FAILED",
  "SERVICE_UNINSTALL_FAILED",
  "SERVICE_START_FAILED",
  "SERVICE_STOP_FAILED",
  "SERVICE_RESTART_FAILED",
]);
const VERBS = ["install", "start", "stop", "disable", "restart", "restart", "uninstall"] as const;

/** One world of a random sequence, in the process or behind an executable. */
interface World extends AsyncDisposable {
  readonly runCommand: RunCommand;
  change(edit: (state: FakeState) => void): void;
  readonly state: FakeState;
}

async function openWorld(over: Partial<FakeState>): Promise<World> {
  if (Deno.env.get("OPENCLAW_LAUNCHD_REAL") === "1") return await LaunchctlBox.create(over);
  const state = freshState(over);
  return {
    state,
    change: (edit) => edit(state),
    runCommand: (_command, args) => Promise.resolve(callLaunchctl(state, args)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What a sequence has come to, for the summary. */
interface Tally {
  verbs: number;
  refusals: number;
}

async function playSequence(seed: number, tally: Tally): Promise<void> {
  const random = randomFrom(seed);
  const style = (["legacy", "older", "current"] as const)[random(3)]!;
  await using world = await openWorld({ style, isGerman: random(4) === 0 });
  await using mac = await Mac.create(world.runCommand);
  await mac.manager.install(mac.spec);
  const length = 3 + random(6);
  for (let step = 0; step < length; step++) {
    const verb = VERBS[random(VERBS.length)]!;
    inject(world, random);
    const label = `seed ${seed}, step ${step}: ${verb} after ${
      JSON.stringify(world.state.failures)
    }`;
    await playVerb(mac, world, verb, label, tally);
  }
}

function inject(world: World, random: (below: number) => number): void {
  world.change((state) => {
    state.failures = Array.from({ length: random(3) }, () => {
      const [verb, code, text] = FAILURES[random(FAILURES.length)]!;
      const times = random(5) === 0 ? 1000 : 1 + random(6);
      return { verb, code, text, times, isDone: random(4) === 0 && verb !== "print" };
    });
    state.unloadTicks = random(3) === 0 ? random(25) : 0;
    state.isShownWhileUnloading = random(2) === 0;
    state.hasDomain = random(40) !== 0;
    state.program = random(10) === 0 ? "crashes" : "serves";
  });
}

async function playVerb(
  mac: Mac,
  world: World,
  verb: typeof VERBS[number],
  label: string,
  tally: Tally,
): Promise<void> {
  const before = world.state.jobs[LABEL];
  const wasLoaded = before !== undefined && before.draining === undefined;
  tally.verbs++;
  const { manager } = mac;
  let error: unknown;
  try {
    if (verb === "install") await manager.install(mac.spec);
    else if (verb === "disable") await manager.stop({ disable: true });
    else await manager[verb]();
  } catch (thrown) {
    error = thrown;
  }
  // Whatever is still going may end now.
  world.change((state) => {
    for (let count = 0; count < 40; count++) tick(state);
  });
  const isLoaded = world.state.jobs[LABEL] !== undefined;
  if (error !== undefined) {
    tally.refusals++;
    assert(error instanceof AppError && CODES.has(error.code), `${label}: ${error}`);
    assert(/launchctl |openclaw gateway /.test(error.hint ?? ""), `${label}: no way out`);
    if (verb === "restart" && wasLoaded) assert(isLoaded, `${label}: lost by a restart`);
    return;
  }
  const isWanted = ["install", "start", "restart"].includes(verb);
  assertEquals(isLoaded, isWanted, label);
  if (verb === "disable") assert(world.state.disabled.includes(LABEL), label);
  if (isWanted) assert(!world.state.disabled.includes(LABEL), `${label}: still disabled`);
  if (verb === "uninstall") {
    const files = (await mac.files()).filter((path) => !path.startsWith(".Trash/"));
    assertEquals(files, [], label);
  }
}

Deno.test("random verbs under random failures end in a loaded job or a named error", async () => {
  const first = Number(Deno.env.get("OPENCLAW_LAUNCHD_SEED") ?? 1);
  const count = Number(Deno.env.get("OPENCLAW_LAUNCHD_SEQUENCES") ?? 500);
  const tally: Tally = { verbs: 0, refusals: 0 };
  for (let seed = first; seed < first + count; seed++) await playSequence(seed, tally);
  console.log(
    `seeds ${first} to ${first + count - 1}: ${tally.verbs} verbs, ${tally.refusals} named errors`,
  );
  assert(count < 100 || tally.refusals > tally.verbs / 20 && tally.refusals < tally.verbs / 2);
});
