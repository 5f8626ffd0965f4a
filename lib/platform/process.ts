/**
 * Processes: this one, and others by pid.
 *
 * @module
 */
import { type RunCommand, runCommand } from "./command.ts";
import { type OsName, osName } from "./os.ts";

const LOOKUP_TIMEOUT_MS = 3000;

/** The pid of this process. */
export function currentPid(): number {
  return Deno.pid;
}

/** The file of the running program: the gateway itself when compiled, else the runtime. */
export function executablePath(): string {
  return Deno.execPath();
}

/** The folder this process works in. */
export function currentFolder(): string {
  return Deno.cwd();
}

/** Memory of this process in bytes. */
export interface MemoryUsage {
  rss: number;
  heapTotal: number;
  heapUsed: number;
  external: number;
}

/** How much memory this process uses now. */
export function memoryUsage(): MemoryUsage {
  return Deno.memoryUsage();
}

/** Processor time of this process since its start, in microseconds. */
export interface CpuUsage {
  user: number;
  system: number;
}

/**
 * How much processor time this process has used.
 *
 * `Deno.cpuUsage` is missing from the runtime's types; the `process` global would load some 14 ms of
 * compatibility code.
 */
export function cpuUsage(): CpuUsage {
  return (Deno as unknown as { cpuUsage(): CpuUsage }).cpuUsage();
}

/** Whether a process exists; one that has ended but was not collected by its parent counts as gone. */
export function isProcessAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (osName() === "linux") {
    const stat = readProcStat(pid);
    if (stat !== undefined) return stat.state !== "Z" && stat.state !== "X";
  }
  try {
    Deno.kill(pid, 0);
    return true;
  } catch (error) {
    // Not being allowed to signal a process proves that it is there.
    return error instanceof Deno.errors.PermissionDenied;
  }
}

/**
 * When a process started, in clock ticks since boot: together with the pid it names a process for
 * good. Known on Linux only.
 */
export function processStartTime(pid: number): number | undefined {
  return osName() === "linux" ? readProcStat(pid)?.startTime : undefined;
}

/** Fields of `/proc/<pid>/stat` that the gateway uses. */
export interface ProcStat {
  /** One letter; `Z` and `X` are ended processes. */
  state: string;
  ppid: number;
  startTime: number;
}

/** Reads the text of `/proc/<pid>/stat`; the name in it may contain spaces and parentheses. */
export function parseProcStat(text: string): ProcStat | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, ppid, startTime] = [fields[0], Number(fields[1]), Number(fields[19])];
  if (!state || !Number.isFinite(ppid) || !Number.isFinite(startTime)) return undefined;
  return { state, ppid, startTime };
}

/** The state of a process on Linux; `undefined` when it is gone, hidden, or on another system. */
export function readProcStat(pid: number): ProcStat | undefined {
  try {
    return parseProcStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    // Gone, hidden or no such file system: the caller falls back to asking the kernel.
    return undefined;
  }
}

/**
 * The command line of a process.
 *
 * @returns `undefined` when the process is gone or the system does not tell.
 */
export async function processCommand(
  pid: number,
  run: RunCommand = runCommand,
  os: OsName = osName(),
): Promise<string | undefined> {
  if (os === "linux") return procCommandLine(pid);
  try {
    const options = { timeoutMs: LOOKUP_TIMEOUT_MS };
    const { code, stdout } = os === "darwin"
      ? await run("ps", ["-ww", "-p", String(pid), "-o", "command="], options)
      : await run("powershell", ["-NoProfile", "-Command", commandLineQuery(pid)], options);
    return code === 0 ? stdout.trim() || undefined : undefined;
  } catch {
    // The lookup program is absent or slow; not knowing is an answer the caller expects.
    return undefined;
  }
}

function procCommandLine(pid: number): string | undefined {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
    return text.replaceAll("\0", " ").trim() || undefined;
  } catch {
    // Gone or hidden.
    return undefined;
  }
}

function commandLineQuery(pid: number): string {
  return `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`;
}
