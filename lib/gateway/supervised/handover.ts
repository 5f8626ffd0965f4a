/**
 * Restarts that need another process: the gateway ends and its service manager starts it again.
 *
 * A gateway restarts within its process, which is quicker and keeps its lock. Only when the program's
 * file has been replaced does that not do: the process would go on with the old program.
 *
 * @module
 */
import { type Clock, errorMessage, EXIT, type Logger } from "../../base/mod.ts";
import {
  currentPid,
  type HandoffSource,
  type Supervisor,
  writeHandoff,
} from "../../platform/mod.ts";

/** What decides how a restart is carried out. */
export interface RestartFacts {
  readonly supervisor: Supervisor | undefined;
  /** The program's file when the process began, and now. */
  readonly programMark: string | undefined;
  readonly programMarkNow: string | undefined;
}

/** Whether the program has been replaced by another file since the process began. */
export function isReplaced({ programMark, programMarkNow }: RestartFacts): boolean {
  return programMark !== undefined && programMarkNow !== undefined &&
    programMark !== programMarkNow;
}

/**
 * Whether a restart is left to the service manager. The Task Scheduler waits a minute before it starts
 * a task again, so under it the process goes on.
 */
export function handsOver(facts: RestartFacts): boolean {
  const { supervisor } = facts;
  return (supervisor === "systemd" || supervisor === "launchd") && isReplaced(facts);
}

/**
 * The exit status on which a manager starts the gateway again: launchd on none that means success,
 * systemd on every one but 78.
 */
export function handoverStatus(supervisor: Supervisor | undefined): number {
  return supervisor === "launchd" ? EXIT.TRY_LATER : EXIT.DONE;
}

/** Leaves the note that tells the status commands that the end is meant. */
export async function noteHandover(
  { stateDir, supervisor, clock, log, source, reason }: {
    stateDir: string;
    supervisor: Supervisor | undefined;
    clock: Clock;
    log: Logger;
    source: HandoffSource;
    reason: string;
  },
): Promise<void> {
  const restartKind = source === "gateway-update" ? "update-process" : "full-process";
  const supervisorMode = supervisor ?? "external";
  const facts = { pid: currentPid(), reason, source, restartKind, supervisorMode } as const;
  try {
    await writeHandoff(stateDir, clock, facts);
  } catch (error) {
    // Only the status commands would have read it.
    log.warn(`cannot note the restart: ${errorMessage(error)}`);
  }
}
