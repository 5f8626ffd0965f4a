/**
 * Listeners as the programs of a system report them: `lsof` and `ps`, `ss`, `netstat` and `tasklist`.
 *
 * @module
 */
import type { CommandResult, RunCommand } from "../command.ts";
import { processCommand } from "../process.ts";
import type { PortListener } from "./types.ts";

const COMMAND_TIMEOUT_MS = 4000;
const LSOF_PLACES = ["lsof", "/usr/sbin/lsof", "/usr/bin/lsof"];

/** Listeners by `lsof`, completed by `ps`; `undefined` when `lsof` is not installed. */
export async function lsofListeners(
  port: number,
  run: RunCommand,
): Promise<PortListener[] | undefined> {
  for (const lsof of LSOF_PLACES) {
    const args = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-FpFcn"];
    const result = await runOrUndefined(run, lsof, args);
    if (result === undefined) continue;
    return await Promise.all(parseLsof(result.stdout).map((found) => completeByPs(found, run)));
  }
  return undefined;
}

/** Reads the field output of `lsof`: one field a line, a new process at each `p`. */
export function parseLsof(output: string): PortListener[] {
  const listeners: PortListener[] = [];
  let current: PortListener = {};
  for (const line of output.split("\n")) {
    const value = line.slice(1).trim();
    if (line[0] === "p") current = { pid: Number(value) };
    else if (line[0] === "c") current = { ...current, command: value };
    else if (line[0] === "n") {
      const address = value.replace(/^TCP /, "").replace(/ \(LISTEN\)$/, "");
      listeners.push({ ...current, address });
    }
  }
  return listeners;
}

/** Listeners by `ss`; `undefined` when it is not installed. */
export async function ssListeners(
  port: number,
  run: RunCommand,
): Promise<PortListener[] | undefined> {
  const result = await runOrUndefined(run, "ss", ["-H", "-ltnp", `sport = :${port}`]);
  if (result === undefined || result.code !== 0) return undefined;
  const found = parseSs(result.stdout, port);
  return await Promise.all(found.map((listener) => completeByPs(listener, run)));
}

/** Reads `ss -H -ltnp`. */
export function parseSs(output: string, port: number): PortListener[] {
  return output.split("\n").flatMap((line): PortListener[] => {
    const address = line.trim().split(/\s+/)[3];
    if (!address?.endsWith(`:${port}`)) return [];
    const users = [...line.matchAll(/\("([^"]*)",pid=(\d+)/g)];
    if (users.length === 0) return [{ address }];
    return users.map(([, command = "", pid]) => ({ pid: Number(pid), command, address }));
  });
}

/** Listeners by `netstat`, completed by `tasklist` and PowerShell. */
export async function netstatListeners(
  port: number,
  run: RunCommand,
): Promise<PortListener[] | undefined> {
  const outputs = await Promise.all(
    ["tcp", "tcpv6"].map((protocol) => runOrUndefined(run, "netstat", ["-ano", "-p", protocol])),
  );
  if (outputs.every((output) => output === undefined)) return undefined;
  const found = outputs.flatMap((output) => parseNetstat(output?.stdout ?? "", port));
  return await Promise.all(found.map((listener) => completeByTasklist(listener, run)));
}

/**
 * Reads `netstat -ano`. The word for the state is translated on some systems; a listener is known by
 * its remote port 0.
 */
export function parseNetstat(output: string, port: number): PortListener[] {
  return output.split("\n").flatMap((line): PortListener[] => {
    const [protocol, local, remote, ...rest] = line.trim().split(/\s+/);
    if (protocol !== "TCP" || !local?.endsWith(`:${port}`) || !remote?.endsWith(":0")) return [];
    const pid = Number(rest.at(-1));
    return [{ address: local, ...(Number.isInteger(pid) && pid > 0 ? { pid } : {}) }];
  });
}

/** The program's name in `tasklist /FO LIST`, whose labels are translated: it is the first value. */
export function parseTasklist(output: string): string | undefined {
  const first = output.split("\n").map((line) => line.trim()).find((line) => line !== "");
  const name = /^[^:]+:\s+(\S.*)$/.exec(first ?? "")?.[1];
  return name?.toLowerCase().endsWith(".exe") ? name : undefined;
}

async function completeByPs(listener: PortListener, run: RunCommand): Promise<PortListener> {
  const { pid } = listener;
  if (pid === undefined) return listener;
  const [commandLine, user, ppid] = await Promise.all(
    ["command=", "user=", "ppid="].map(async (column) => {
      const result = await runOrUndefined(run, "ps", ["-ww", "-p", String(pid), "-o", column]);
      return result?.code === 0 ? result.stdout.trim() : "";
    }),
  );
  return {
    ...listener,
    ...(commandLine ? { commandLine } : {}),
    ...(user ? { user } : {}),
    ...(ppid ? { ppid: Number(ppid) } : {}),
  };
}

async function completeByTasklist(listener: PortListener, run: RunCommand): Promise<PortListener> {
  const { pid } = listener;
  if (pid === undefined) return listener;
  const [tasks, commandLine] = await Promise.all([
    runOrUndefined(run, "tasklist", ["/FI", `PID eq ${pid}`, "/FO", "LIST"]),
    processCommand(pid, run, "windows"),
  ]);
  const command = parseTasklist(tasks?.stdout ?? "");
  return {
    ...listener,
    ...(command ? { command } : {}),
    ...(commandLine ? { commandLine } : {}),
  };
}

async function runOrUndefined(
  run: RunCommand,
  command: string,
  args: readonly string[],
): Promise<CommandResult | undefined> {
  try {
    return await run(command, args, { timeoutMs: COMMAND_TIMEOUT_MS });
  } catch {
    // Not installed or too slow: the caller tries the next source.
    return undefined;
  }
}
