/**
 * Random verbs under random failures of launchd: whatever happens, a job is loaded in the end, or an
 * error names the way out, and a restart loses none.
 *
 * The stand-in is called within the process; `OPENCLAW_LAUNCHD_REAL=1` sends every call through its
 * executable. `OPENCLAW_LAUNCHD_SEED` and `OPENCLAW_LAUNCHD_SEQUENCES` choose where to begin and how
 * many there are.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { AppError } from "../../lib/base/mod.ts";
import type { RunCommand } from "../../lib/platform/mod.ts";
import { callLaunchctl, type FakeState, freshState, tick } from "../harness/fakes/launchd.ts";
import { LaunchctlBox } from "../harness/launchctl_box.ts";
import { LABEL, Mac } from "../harness/mac.ts";

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
