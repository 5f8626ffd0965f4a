/**
 * What a gateway does about an update that was cut off before its start: it confirms the new version by
 * serving, or puts the old one back after starts that came to nothing.
 *
 * @module
 */
import { AppError, errorMessage, EXIT, type Logger, VERSION } from "../../base/mod.ts";
import {
  executablePath,
  fileExistsSync,
  runCommand,
  systemClock,
  systemNetwork,
} from "../../platform/mod.ts";
import { journalPath } from "../../update/files.ts";

/** Tells an update that its new version serves. */
export type ConfirmUpdate = () => Promise<void>;

/**
 * Looks for an update without an updater; to be asked before the database is opened.
 *
 * @returns What to call when the gateway serves; `undefined` as a rule.
 * @throws {AppError} `UPDATE_ROLLED_BACK` when the old version has been put in the place of this one.
 */
export async function settleUpdate(
  stateDir: string,
  log: Logger,
): Promise<ConfirmUpdate | undefined> {
  if (!fileExistsSync(journalPath(stateDir))) return undefined;
  const { resumeAtStart, sentence, tryUpdateLock } = await import("../../update/mod.ts");
  const lock = await tryUpdateLock(stateDir);
  // Whoever holds it has started this gateway, and looks after the update.
  if (lock === undefined) return undefined;
  let isHeld = false;
  try {
    const verdict = await resumeAtStart({
      clock: systemClock,
      network: systemNetwork,
      runCommand,
      stateDir,
      program: executablePath(),
      version: VERSION,
      probe: () => Promise.resolve([]),
      report: (line) => log.info(line),
    });
    if (verdict.outcome !== undefined) log.warn(sentence(verdict.outcome));
    if (verdict.mustEnd) throw endedForOld();
    const { confirm } = verdict;
    if (confirm === undefined) return undefined;
    isHeld = true;
    return async () => {
      try {
        log.info(sentence(await confirm()));
      } catch (error) {
        log.error(`cannot end the update's journal: ${errorMessage(error)}`);
      } finally {
        lock.release();
      }
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "UPDATE_ROLLED_BACK") throw error;
    // What cannot be settled is left to `openclaw update`; that is no reason not to serve.
    log.error(`cannot settle an interrupted update: ${errorMessage(error)}`);
    return undefined;
  } finally {
    if (!isHeld) lock.release();
  }
}

function endedForOld(): AppError {
  return new AppError(
    "UPDATE_ROLLED_BACK",
    `Cannot go on as ${VERSION}: it did not serve, and the version before it is back in place`,
    {
      hint: "openclaw gateway run\nSee why: openclaw update status",
      details: { exitCode: EXIT.TRY_LATER },
    },
  );
}
