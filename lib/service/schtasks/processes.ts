/**
 * The gateway's process on Windows: who listens on its port, who was started for it, and its end.
 *
 * @module
 */
import { basename } from "@std/path";
import { AppError } from "../../base/mod.ts";
import type { CommandResult, PortUsage, RunCommand } from "../../platform/mod.ts";

const ASK_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 15_000;
/** Time for a process that was asked before it is made to end. */
const TERM_WAIT_MS = 300;

/** What processes are looked for with. */
export interface ProcessDeps {
  readonly run: RunCommand;
  readonly inspect: (port: number) => Promise<PortUsage>;
  readonly wait: (ms: number) => Promise<void>;
}

/** Who holds a gateway's port. */
export interface PortOwners {
  /** Gateways. */
  readonly own: readonly number[];
  /** Somebody else, for people. */
  readonly foreign: readonly string[];
}

/**
 * Tells the gateways on a port from other programs.
 *
 * @param program File of the program that the definition starts, if there is one.
 */
export async function portOwners(
  { inspect }: ProcessDeps,
  port: number,
  program: string | undefined,
): Promise<PortOwners> {
  const own = new Set<number>();
  const foreign: string[] = [];
  for (const { pid, command, commandLine } of (await inspect(port)).listeners) {
    const isGateway = commandLine === undefined
      ? command !== undefined && isProgram(command, program)
      : /\bgateway\b/i.test(commandLine) &&
        (/openclaw/i.test(commandLine) || isProgram(commandLine, program));
    if (isGateway && pid !== undefined) own.add(pid);
    else foreign.push(`${command ?? "an unknown program"}${pid === undefined ? "" : ` (${pid})`}`);
  }
  return { own: [...own], foreign: [...new Set(foreign)] };
}

function isProgram(text: string, program: string | undefined): boolean {
  const lower = text.toLowerCase();
  const name = program === undefined ? undefined : fileName(program).toLowerCase();
  return lower.includes("openclaw") || name !== undefined && lower.includes(name);
}

/** Windows separates with either slash, whatever system a test runs on. */
function fileName(path: string): string {
  return basename(path.replaceAll("\\", "/"));
}

/**
 * Gateways for a port, whether they listen already or not; none where PowerShell is not to be had.
 *
 * @param program File of the program.
 */
export async function startedProcesses(
  { run }: ProcessDeps,
  port: number,
  program: string,
): Promise<number[]> {
  const name = fileName(program);
  // The name goes into a query; another one is not looked for.
  if (!/^[\w.-]+$/.test(name)) return [];
  const query = `Get-CimInstance Win32_Process -Filter "Name='${name}'" | ` +
    'ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }';
  const result = await attempt(run, "powershell", ["-NoProfile", "-Command", query]);
  return (result?.stdout ?? "").split(/\r?\n/).flatMap((line) => {
    const [, pid, commandLine = ""] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    const isGateway = new RegExp(`\\bgateway\\b.*--port\\s+${port}(?!\\d)`).test(commandLine);
    return pid !== undefined && isGateway ? [Number(pid)] : [];
  });
}

/** Ends processes with everything they have started: asked first, then made to. */
export async function killTrees({ run, wait }: ProcessDeps, pids: readonly number[]) {
  for (const force of [[], ["/F"]]) {
    for (const pid of pids) {
      const args = [...force, "/T", "/PID", String(pid)];
      await attempt(run, "taskkill", args, KILL_TIMEOUT_MS);
    }
    await wait(TERM_WAIT_MS);
  }
}

/**
 * Starts a program without a window and does not wait for it.
 *
 * @throws {AppError} `SERVICE_START_FAILED`
 */
export async function startHidden(
  { run }: ProcessDeps,
  { program, args, folder }: { program: string; args: string; folder: string },
): Promise<void> {
  const word = (text: string) => `'${text.replaceAll("'", "''")}'`;
  // PowerShell knows variables of the environment by another name.
  const expand = (text: string) => `([Environment]::ExpandEnvironmentVariables(${word(text)}))`;
  const command = `$ErrorActionPreference='Stop'; Start-Process -WindowStyle Hidden ` +
    `-FilePath ${expand(program)} -ArgumentList ${expand(args)} -WorkingDirectory ${word(folder)}`;
  const result = await attempt(run, "powershell", ["-NoProfile", "-Command", command]);
  if (result?.code === 0) return;
  const why = result === undefined ? "PowerShell is not to be had" : result.stderr.trim();
  throw new AppError("SERVICE_START_FAILED", `Cannot start the gateway directly: ${why}`, {
    hint: "openclaw gateway run",
    details: { kind: "generic" },
  });
}

/** What a helper answered; `undefined` when it is missing or too slow. */
async function attempt(
  run: RunCommand,
  command: string,
  args: readonly string[],
  timeoutMs: number = ASK_TIMEOUT_MS,
): Promise<CommandResult | undefined> {
  try {
    return await run(command, args, { timeoutMs });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
