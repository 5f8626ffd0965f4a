/**
 * A Windows that remembers: tasks, processes, ports and what went wrong with them, behind the programs
 * `schtasks`, `taskkill`, `powershell`, `netstat`, `tasklist` and `icacls`.
 *
 * Plain state and one function, so that it runs in a test's own process and, with the state in a file,
 * as programs on the PATH.
 *
 * @module
 */
import { join } from "@std/path";
import { simulateBatch, simulateForSet } from "./cmd_simulator.ts";
import { quotedWord, TaskText } from "./windows_text.ts";

/** A registered task. */
export interface FakeTask {
  xml: string;
  isEnabled: boolean;
  isRunning: boolean;
  result: number;
  lastRun: number;
}

/** A process of the machine. */
export interface FakeProcess {
  pid: number;
  name: string;
  commandLine: string;
  port?: number;
}

/** A running script that runs a gateway, and again when it fails. */
export interface FakeRunner {
  folder: string;
  stem: string;
  /** The task that has started it; absent when nobody watches it. */
  task?: string;
  /** Of its gateway; absent while that is down. */
  pid?: number;
}

/** How calls go wrong; each entry is used up `times` times. */
export interface FakeFault {
  /** Beginning of the command line, such as `schtasks /Create`. */
  match: string;
  times: number;
  kind: "denied" | "timeout" | "failed" | "bad-xml";
}

/** Everything that lasts. */
export interface WindowsState {
  language: "en" | "es" | "de";
  /** Whether exit statuses of schtasks say what went wrong, as they do when asked. */
  hasNumbers: boolean;
  tasks: Record<string, FakeTask>;
  processes: FakeProcess[];
  runners: FakeRunner[];
  faults: FakeFault[];
  /** Whether ending a task ends what it has started. */
  endsTree: boolean;
  /** Whether a task that is told to run does. */
  neverStarts: boolean;
  /** Exit status of the gateway, which ends at once with it; it serves when absent. */
  gatewayStatus?: number;
  /** Whether processes can be killed. */
  isUnkillable: boolean;
  acl: Record<string, string>;
  /** Every call, in order. */
  calls: string[];
  clock: number;
}

/** A fresh machine. */
export function freshWindows(over: Partial<WindowsState> = {}): WindowsState {
  return {
    language: "en",
    hasNumbers: true,
    tasks: {},
    processes: [],
    runners: [],
    faults: [],
    endsTree: true,
    neverStarts: false,
    isUnkillable: false,
    acl: {},
    calls: [],
    clock: 0,
    ...over,
  };
}

/** How a call ended; `timeout` when it did not. */
export type FakeResult = { code: number; stdout: string; stderr: string } | "timeout";

/** Really begins and ends processes, where somebody is to be able to talk to them. */
export interface ProcessHooks {
  /** @returns Its pid. */
  begin(argv: readonly string[], variables: Readonly<Record<string, string>>): number;
  end(pid: number): void;
  isAlive(pid: number): boolean;
}

const RUNNING = 0x41301;
const HAS_NOT_RUN = 0x41303;
const TERMINATED = 0x41306;
const E_DENIED = 0x80070005;
const E_NOT_FOUND = 0x80070002;
const E_DISABLED = 0x80041326;
const E_XML = 0x80041318;
const ok = (stdout = ""): FakeResult => ({ code: 0, stdout, stderr: "" });

/** Runs programs on a state. */
export class FakeWindows {
  readonly state: WindowsState;
  readonly #hooks: ProcessHooks;

  constructor(state: WindowsState, hooks?: ProcessHooks) {
    this.state = state;
    this.#hooks = hooks ??
      { begin: () => 1000 + ++state.clock, end() {}, isAlive: () => true };
  }

  /** Runs a program to its end. */
  run(program: string, args: readonly string[]): FakeResult {
    const line = [program, ...args].join(" ");
    this.state.calls.push(line);
    this.#settle();
    const fault = this.state.faults.find(({ match, times }) => times > 0 && line.startsWith(match));
    if (fault !== undefined) {
      fault.times--;
      if (fault.kind === "timeout") return "timeout";
      return this.#text.failure(FAULTS[fault.kind], fault.kind);
    }
    switch (program) {
      case "schtasks":
        return this.#schtasks(args);
      case "taskkill":
        return this.#taskkill(args);
      case "powershell":
        return this.#powershell(args.at(-1)!);
      case "netstat":
        return ok(this.#text.netstat(args.includes("tcp") ? this.state.processes : []));
      case "tasklist": {
        const pid = Number(args[1]!.split(" ").at(-1));
        return ok(this.#text.tasklist(this.state.processes.find((each) => each.pid === pid)));
      }
      case "icacls":
        return this.#icacls(args);
      default:
        throw new Error(`no such program: ${line}`);
    }
  }

  get #text(): TaskText {
    return new TaskText(this.state.language, this.state.hasNumbers);
  }

  #schtasks(args: readonly string[]): FakeResult {
    const name = args[args.indexOf("/TN") + 1]!;
    const task = this.state.tasks[name];
    if (args[0] === "/Create") return this.#create(name, args[args.indexOf("/XML") + 1]!);
    if (task === undefined) return this.#text.failure(E_NOT_FOUND, "missing");
    switch (args[0]) {
      case "/Query":
        if (!args.includes("/XML")) return ok(this.#text.list(name, task));
        return ok(
          task.xml.replace(/<Enabled>true(?=<\/Enabled>\s*<Hidden>)/, `<Enabled>${task.isEnabled}`),
        );
      case "/Run":
        if (!task.isEnabled) return this.#text.failure(E_DISABLED, "disabled");
        if (!this.state.neverStarts && !task.isRunning) this.#startTask(name, task);
        return ok("SUCCESS");
      case "/End":
        if (task.isRunning) this.#endTask(name, task);
        return ok("SUCCESS");
      case "/Delete":
        delete this.state.tasks[name];
        return ok("SUCCESS");
      case "/Change":
        task.isEnabled = args.includes("/ENABLE");
        return ok("SUCCESS");
      default:
        return this.#text.failure(1, "failed");
    }
  }

  #create(name: string, path: string): FakeResult {
    const bytes = Deno.readFileSync(path);
    const xml = new TextDecoder("utf-16le").decode(bytes);
    if (bytes[0] !== 0xff || bytes[1] !== 0xfe) return this.#text.failure(E_XML, "bad-xml");
    this.state.tasks[name] = {
      xml,
      isEnabled: true,
      isRunning: false,
      result: HAS_NOT_RUN,
      lastRun: 0,
    };
    return ok("SUCCESS");
  }

  #startTask(name: string, task: FakeTask): void {
    task.lastRun = ++this.state.clock;
    task.isRunning = true;
    task.result = RUNNING;
    const folder = /<WorkingDirectory>(.*)<\/WorkingDirectory>/.exec(task.xml)![1]!;
    const args = /<Arguments>(.*)<\/Arguments>/.exec(task.xml)![1]!;
    this.#startRunner(folder, args, name);
  }

  /** What `conhost --headless cmd /c .\name-run.cmd` does in a folder. */
  #startRunner(folder: string, args: string, task?: string): void {
    const stem = /\.\\(.*)-run\.cmd$/.exec(args)![1]!;
    Deno.statSync(join(folder, `${stem}-run.cmd`));
    for (const suffix of [".stop", ".exit"]) removeIfThere(join(folder, `${stem}${suffix}`));
    const runner = { folder, stem, ...(task === undefined ? {} : { task }) };
    this.state.runners.push(runner);
    this.#startGateway(runner);
  }

  /** One turn of the runner's loop. */
  #startGateway(runner: FakeRunner): void {
    const at = (suffix: string) => join(runner.folder, `${runner.stem}${suffix}`);
    const secrets = exists(at(".windows.env")) ? Deno.readTextFileSync(at(".windows.env")) : "";
    const script = Deno.readTextFileSync(at(".cmd"));
    const { runs, variables } = simulateBatch(script, simulateForSet(secrets));
    const argv = runs[0]!;
    const port = Number(argv[argv.indexOf("--port") + 1]);
    const isTaken = this.state.processes.some((each) => each.port === port);
    const status = isTaken ? 78 : this.state.gatewayStatus;
    if (status === undefined) {
      runner.pid = this.#hooks.begin(argv, variables);
      const name = argv[0]!.split(/[\\/]/).at(-1)!;
      const commandLine = argv.map(quotedWord).join(" ");
      this.state.processes.push({ pid: runner.pid, name, commandLine, port });
      return;
    }
    delete runner.pid;
    // A gateway that fails at once has done so a few times until somebody looks.
    Deno.writeTextFileSync(at(".exit"), `${status === 78 ? 1 : 4} ${status}\r\n`);
    if (status === 78) this.#endRunner(runner);
  }

  #endRunner(runner: FakeRunner): void {
    this.state.runners = this.state.runners.filter((each) => each !== runner);
    const task = this.state.tasks[runner.task ?? ""];
    // conhost keeps the status of what it ran to itself.
    if (task?.isRunning) Object.assign(task, { isRunning: false, result: 0 });
  }

  #endTask(name: string, task: FakeTask): void {
    Object.assign(task, { isRunning: false, result: TERMINATED });
    if (!this.state.endsTree || this.state.isUnkillable) return;
    for (const runner of this.state.runners.filter((each) => each.task === name)) {
      this.state.runners = this.state.runners.filter((each) => each !== runner);
      if (runner.pid !== undefined) this.#remove(runner.pid);
    }
  }

  #remove(pid: number): void {
    this.#hooks.end(pid);
    this.state.processes = this.state.processes.filter((each) => each.pid !== pid);
  }

  /** Ends a process; a runner that was not told to stop starts another one. */
  #kill(pid: number): void {
    this.#remove(pid);
    const runner = this.state.runners.find((each) => each.pid === pid);
    if (runner === undefined) return;
    delete runner.pid;
    if (!exists(join(runner.folder, `${runner.stem}.stop`))) return this.#startGateway(runner);
    removeIfThere(join(runner.folder, `${runner.stem}.exit`));
    this.#endRunner(runner);
  }

  /** Gateways that have ended by themselves are noticed, and so is a word to stop between two tries. */
  #settle(): void {
    for (const { pid } of [...this.state.runners]) {
      if (pid !== undefined && !this.#hooks.isAlive(pid)) this.#kill(pid);
    }
    for (const runner of [...this.state.runners]) {
      const isTold = exists(join(runner.folder, `${runner.stem}.stop`));
      if (runner.pid === undefined && isTold) this.#endRunner(runner);
    }
  }

  #taskkill(args: readonly string[]): FakeResult {
    const pid = Number(args[args.indexOf("/PID") + 1]);
    const found = this.state.processes.filter((each) => each.pid === pid);
    if (found.length === 0) return this.#text.failure(128, "missing");
    // A program without a window does not hear the question.
    if (!args.includes("/F") || this.state.isUnkillable) return this.#text.failure(1, "failed");
    this.#kill(pid);
    return ok();
  }

  #powershell(command: string): FakeResult {
    const [, by, value] = /-Filter ["'](ProcessId|Name)='?([^'"]*)'?["']/.exec(command) ?? [];
    if (by === "ProcessId") {
      return ok(this.state.processes.find(({ pid }) => String(pid) === value)?.commandLine ?? "");
    }
    if (by === "Name") {
      const found = this.state.processes.filter(({ name }) => name === value);
      return ok(found.map(({ pid, commandLine }) => `${pid} ${commandLine}\r\n`).join(""));
    }
    const words = [...command.matchAll(/'((?:[^']|'')*)'/g)].map((match) =>
      match[1]!.replaceAll("''", "'")
    );
    if (!command.includes("Start-Process")) throw new Error(`unknown: ${command}`);
    this.#startRunner(words.at(-1)!, words.at(-2)!);
    return ok();
  }

  #icacls([path, ...rest]: readonly string[]): FakeResult {
    if (Deno.statSync(path!).size > 0) throw new Error("values stood there before");
    // What a file had before it got any content, under the name it gets then.
    this.state.acl[path!.replace(/\.new$/, "")] = rest.join(" ");
    return ok();
  }
}

const FAULTS = { denied: E_DENIED, failed: 0x80041315, "bad-xml": E_XML };

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
