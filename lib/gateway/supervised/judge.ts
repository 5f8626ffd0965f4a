/**
 * What a signal means to a gateway that serves: an end, an end before somebody else starts it again,
 * or a restart of its own.
 *
 * @module
 */
import { AppError, type Clock, errorMessage, type Logger } from "../../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../../config/mod.ts";
import { currentPid, type Supervisor, takeRestartIntent } from "../../platform/mod.ts";
import type { Restarter } from "../restart/restarter.ts";
import type { SignalJudge } from "./end_signals.ts";

/** What a gateway's signals are judged by. */
export interface JudgeDeps {
  readonly paths: Pick<ConfigPaths, "stateDir">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly supervisor: Supervisor | undefined;
  readonly restarter: Pick<Restarter, "request">;
  /** The configuration in force. */
  config(): ConfigSnapshot;
}

/**
 * Judges the signals of one life.
 *
 * SIGTERM with a note for this process asks for a restart: under a service manager, which waits for
 * the end, the process ends; without one it restarts by itself. SIGUSR1 always means a restart.
 */
export function signalJudge(deps: JudgeDeps): SignalJudge {
  return {
    judge: async (signal) => {
      if (signal !== "SIGTERM") return "end";
      const intent = await readIntent(deps);
      if (intent === undefined) return "end";
      if (deps.supervisor !== undefined) return "end-for-restart";
      return restart(deps, "gateway restart", intent) ? "handled" : "end";
    },
    user: () => void restartOnUserSignal(deps),
  };
}

/**
 * Judges the signals of a gateway that starts, or starts anew: whoever asks for a restart gets the start
 * that is under way.
 */
export function startJudge(deps: Pick<JudgeDeps, "paths" | "clock" | "supervisor">): SignalJudge {
  const isAsked = async () => {
    // A note that cannot be read asks for nothing.
    const { paths, clock } = deps;
    const intent = await takeRestartIntent(paths.stateDir, currentPid(), clock).catch(() => {});
    return intent !== undefined;
  };
  return {
    judge: async (signal) => {
      if (signal !== "SIGTERM" || !await isAsked()) return "end";
      return deps.supervisor === undefined ? "handled" : "end-for-restart";
    },
    user: () => void isAsked(),
  };
}

async function restartOnUserSignal(deps: JudgeDeps): Promise<void> {
  const intent = await readIntent(deps);
  if (intent !== undefined) {
    restart(deps, "gateway restart", intent);
  } else if (deps.config().config.commands?.restart === false) {
    deps.log.warn(
      "SIGUSR1 restart ignored (not authorized; commands.restart=false); " +
        "allow it: openclaw config set commands.restart true",
    );
  } else {
    restart(deps, "SIGUSR1", {});
  }
}

/** Whether the restart is on its way. */
function restart(
  { restarter, log }: JudgeDeps,
  reason: string,
  { force, waitMs }: { force?: boolean; waitMs?: number },
): boolean {
  try {
    restarter.request({
      reason,
      skipDeferral: force === true,
      skipCooldown: true,
      budgetMs: waitMs,
    });
    return true;
  } catch (error) {
    // A signal that came a moment before: the gateway ends or starts anew as it is.
    if (error instanceof AppError && error.code === "GATEWAY_CLOSED") return true;
    log.warn(`restart refused: ${errorMessage(error)}`);
    return false;
  }
}

async function readIntent({ paths, clock, log }: JudgeDeps) {
  try {
    return await takeRestartIntent(paths.stateDir, currentPid(), clock);
  } catch (error) {
    log.warn(`cannot read what the signal asks for: ${errorMessage(error)}`);
    return undefined;
  }
}
