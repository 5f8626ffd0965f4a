/**
 * Requests to end that the system sends to a process.
 *
 * @module
 */
import { type OsName, osName } from "./os.ts";

/** A signal that asks a process to end. */
export type TerminationSignal = "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGBREAK";

/**
 * Calls `handler` for each signal that asks this process to end; the process then no longer ends by
 * itself. A closed terminal counts, unless the process was started to outlive it (`nohup`).
 *
 * @returns Stops listening; may be called more than once.
 */
export function onTermination(handler: (signal: TerminationSignal) => void): () => void {
  const os = osName();
  const isDetached = os !== "windows" && isHangupIgnored(os);
  const listeners = terminationSignals(os, isDetached).map((signal) => {
    return { signal, listener: () => handler(signal) };
  });
  // With the first listener for any signal the runtime takes over SIGHUP as well and ends the process
  // on it, whatever the starter wanted: ignoring it from then on takes a listener.
  if (isDetached) listeners.push({ signal: "SIGHUP", listener: () => {} });
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const { signal, listener } of listeners.splice(0)) {
      Deno.removeSignalListener(signal, listener);
    }
  };
}

/**
 * Calls `handler` for each SIGUSR1; without a listener the signal ends the process. The executable
 * opens no debugger on it; the runtime's own command line, which runs the source, does from 2.9.2 on.
 *
 * @returns Stops listening. On Windows, which has no such signal, nothing happens.
 */
export function onUserSignal(handler: () => void): () => void {
  if (osName() === "windows") return () => {};
  Deno.addSignalListener("SIGUSR1", handler);
  return () => Deno.removeSignalListener("SIGUSR1", handler);
}

/**
 * The signals that mean "end" on a system.
 *
 * @param isDetached Whether the process is meant to outlive its terminal.
 */
export function terminationSignals(os: OsName, isDetached: boolean): TerminationSignal[] {
  if (os === "windows") return ["SIGINT", "SIGBREAK"];
  return isDetached ? ["SIGTERM", "SIGINT"] : ["SIGTERM", "SIGINT", "SIGHUP"];
}

/** Whether the text of `/proc/<pid>/status` says that signal 1 is ignored. */
export function ignoresHangup(procStatus: string): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(procStatus)?.[1];
  return mask !== undefined && (parseInt(mask.slice(-1), 16) & 1) === 1;
}

function isHangupIgnored(os: OsName): boolean {
  // macOS does not tell; a process that shows nothing on a terminal does not depend on one.
  if (os === "darwin") return !Deno.stdout.isTerminal() && !Deno.stderr.isTerminal();
  try {
    return ignoresHangup(Deno.readTextFileSync("/proc/self/status"));
  } catch {
    // No such file system: the usual meaning of the signal holds.
    return false;
  }
}
