/**
 * A stand-in for launchd: what it knows is plain data, what it does follows the known habits of the
 * real one, its races included. A call of launchctl is one tick of its time.
 *
 * @module
 */
import { parsePlist } from "../../../lib/service/launchd/plist_reader.ts";
import { printJob, type PrintStyle } from "./launchctl_print.ts";

/** A job that is known. */
export interface FakeJob {
  readonly label: string;
  readonly path: string;
  readonly command: readonly string[];
  readonly isRunAtLoad: boolean;
  runs: number;
  pid?: number;
  /** As `launchctl print` words it, such as `0` or `78: EX_CONFIG`. */
  lastExit?: string;
  lastSignal?: string;
  /** Ticks until it is gone; set by bootout. */
  draining?: number;
}

/** A call that is to fail. */
export interface FakeFailure {
  readonly verb: string;
  /** How often. */
  times: number;
  readonly code: number;
  readonly text: string;
  /** Whether it is carried out all the same. */
  readonly isDone?: boolean;
}

/** Everything the stand-in knows, as JSON. */
export interface FakeState {
  readonly style: PrintStyle;
  /** Such as `gui/501`. */
  domain: string;
  hasDomain: boolean;
  isGerman: boolean;
  /** How long a job takes to go, in ticks. */
  unloadTicks: number;
  /** Whether a job that goes is still shown. */
  isShownWhileUnloading: boolean;
  /** What a started process does. */
  program: "serves" | "crashes" | "refuses" | "spawns";
  jobs: Record<string, FakeJob>;
  /** Labels that cannot be loaded yet, with the ticks until they can. */
  limbo: Record<string, number>;
  disabled: string[];
  failures: FakeFailure[];
  calls: string[][];
  nextPid: number;
}

/** What a call came to. */
export interface FakeResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Starts and ends real processes; absent where jobs are mere entries. */
export interface Spawner {
  start(job: FakeJob): number;
  /** The exit of a process that has ended. */
  exitOf(pid: number): string | undefined;
  end(pid: number): void;
  /** Returns when a process that was told to end has ended. */
  waitFor(pid: number): void;
}

/** A machine with nothing installed. */
export function freshState(over: Partial<FakeState> = {}): FakeState {
  return {
    style: "current",
    domain: "gui/501",
    hasDomain: true,
    isGerman: false,
    unloadTicks: 0,
    isShownWhileUnloading: false,
    program: "serves",
    jobs: {},
    limbo: {},
    disabled: [],
    failures: [],
    calls: [],
    nextPid: 4000,
    ...over,
  };
}

/** Carries out one call. @param args Without the program's name. */
export function callLaunchctl(
  state: FakeState,
  args: readonly string[],
  spawner?: Spawner,
): FakeResult {
  state.calls.push([...args]);
  tick(state, spawner);
  const [verb = "", ...rest] = args;
  const scripted = state.failures.find((each) => each.verb === verb && each.times > 0);
  if (scripted !== undefined) {
    scripted.times--;
    if (scripted.isDone) carryOut(state, verb, rest, spawner);
    return failed(scripted.code, scripted.text);
  }
  if (!state.hasDomain) {
    return failedTo(state, verb, 125, "Domain does not support specified action");
  }
  return carryOut(state, verb, rest, spawner);
}

/** Lets time pass: what goes is gone some day, what crashes is started again. */
export function tick(state: FakeState, spawner?: Spawner): void {
  for (const [label, ticks] of Object.entries(state.limbo)) {
    if (ticks <= 1) delete state.limbo[label];
    else state.limbo[label] = ticks - 1;
  }
  for (const job of Object.values(state.jobs)) {
    settle(job, spawner);
    const isGone = spawner === undefined || job.pid === undefined;
    if (job.draining !== undefined) {
      if (--job.draining <= 0 && isGone) delete state.jobs[job.label];
    } else if (state.program === "crashes" && job.pid === undefined && job.runs > 0) {
      job.runs++;
    }
  }
}

function settle(job: FakeJob, spawner: Spawner | undefined): void {
  if (spawner === undefined || job.pid === undefined) return;
  const exit = spawner.exitOf(job.pid);
  if (exit === undefined) return;
  delete job.pid;
  job.lastExit = exit;
}

function carryOut(
  state: FakeState,
  verb: string,
  rest: readonly string[],
  spawner: Spawner | undefined,
): FakeResult {
  const subject = rest.at(-1) ?? "";
  const label = subject.split("/").at(-1)!;
  switch (verb) {
    case "print": {
      const job = state.jobs[label];
      return job === undefined
        ? notFound(state, label)
        : done(printJob(job, state.domain, state.style, state.program === "crashes"));
    }
    case "print-disabled":
      return done(disabledServices(state));
    case "enable":
      state.disabled = state.disabled.filter((each) => each !== label);
      return done();
    case "disable":
      if (!state.disabled.includes(label)) state.disabled.push(label);
      return done();
    case "bootstrap":
      return bootstrap(state, subject, spawner);
    case "bootout":
      return bootout(state, label, spawner);
    case "kickstart":
      return kickstart(state, label, rest.includes("-k"), spawner);
    default:
      return failed(64, `Unrecognized subcommand: ${verb}`);
  }
}

function bootstrap(state: FakeState, path: string, spawner: Spawner | undefined): FakeResult {
  const verb = "bootstrap";
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    return failedTo(state, verb, 5, "Input/output error");
  }
  const plist = parsePlist(text);
  const label = String(plist.Label);
  if (state.limbo[label] !== undefined) return failedTo(state, verb, 5, "Input/output error");
  if (state.disabled.includes(label)) {
    return state.style === "current"
      ? failedTo(state, verb, 5, "Input/output error")
      : failedTo(state, verb, 119, "Service is disabled");
  }
  if (state.jobs[label] !== undefined) {
    return state.style === "current"
      ? failedTo(state, verb, 5, "Input/output error")
      : failedTo(state, verb, 37, "Operation already in progress");
  }
  if (((Deno.statSync(path).mode ?? 0) & 0o022) !== 0) {
    return failedTo(state, verb, 122, "Path had bad ownership/permissions");
  }
  const job: FakeJob = {
    label,
    path,
    command: plist.ProgramArguments as readonly string[],
    isRunAtLoad: plist.RunAtLoad === true,
    runs: 0,
  };
  state.jobs[label] = job;
  if (job.isRunAtLoad) run(state, job, spawner);
  return done();
}

function bootout(state: FakeState, label: string, spawner: Spawner | undefined): FakeResult {
  const job = state.jobs[label];
  if (job === undefined) return failedTo(state, "bootout", 3, "No such process");
  if (job.draining !== undefined) {
    return failedTo(state, "bootout", 36, "Operation now in progress");
  }
  if (spawner !== undefined && job.pid !== undefined) spawner.end(job.pid);
  if (spawner !== undefined || state.isShownWhileUnloading && state.unloadTicks > 0) {
    job.draining = Math.max(1, state.unloadTicks);
    return done();
  }
  delete state.jobs[label];
  if (state.unloadTicks > 0) state.limbo[label] = state.unloadTicks;
  return done();
}

function kickstart(
  state: FakeState,
  label: string,
  isForced: boolean,
  spawner: Spawner | undefined,
): FakeResult {
  const job = state.jobs[label];
  if (job === undefined) return notFound(state, label);
  if (job.draining !== undefined) {
    return failedTo(state, "kickstart", 37, "Operation already in progress");
  }
  if (job.pid !== undefined && !isForced) return done();
  if (job.pid !== undefined) {
    spawner?.end(job.pid);
    spawner?.waitFor(job.pid);
    delete job.pid;
    job.lastExit = "0";
  }
  run(state, job, spawner);
  return done();
}

function run(state: FakeState, job: FakeJob, spawner: Spawner | undefined): void {
  job.runs++;
  if (state.program === "serves") job.pid = state.nextPid++;
  else if (state.program === "spawns" && spawner !== undefined) job.pid = spawner.start(job);
  else job.lastExit = state.program === "refuses" ? "0" : "1";
}

function disabledServices({ disabled, style }: FakeState): string {
  const word = style === "current" ? "disabled" : "true";
  const lines = disabled.map((label) => `\t\t"${label}" => ${word}\n`);
  return `\tdisabled services = {\n\t\t"com.apple.other" => ${word}\n${lines.join("")}\t}\n`;
}

function notFound({ domain, isGerman }: FakeState, label: string): FakeResult {
  const uid = domain.split("/")[1];
  const text = isGerman
    ? `Der Dienst „${label}“ wurde in der Domain nicht gefunden: ${uid}`
    : `Could not find service "${label}" in domain for user gui: ${uid}`;
  return { code: 113, stdout: "Bad request.\n", stderr: `${text}\n` };
}

function failedTo(state: FakeState, verb: string, code: number, text: string): FakeResult {
  if (state.isGerman) return failed(code, "Der Vorgang konnte nicht abgeschlossen werden.");
  const names: Record<string, string> = { bootstrap: "Bootstrap", bootout: "Boot-out" };
  const advice = code === 5 ? "\nTry re-running the command as root for richer errors." : "";
  return failed(code, `${names[verb] ?? "Could not do that,"} failed: ${code}: ${text}${advice}`);
}

function failed(code: number, text: string): FakeResult {
  return { code, stdout: "", stderr: `${text}\n` };
}

function done(stdout = ""): FakeResult {
  return { code: 0, stdout, stderr: "" };
}
