/**
 * What becomes of an update that was cut off: it is finished, or taken back.
 *
 * @module
 */
import { errorMessage } from "../base/mod.ts";
import { type Journal, readJournal } from "./journal.ts";
import { rollBack } from "./roll_back.ts";
import { sha256OfFile } from "./sha256.ts";
import { discardStaged, endUpdate, enterStep } from "./steps.ts";
import type { UpdateHost, UpdateOutcome } from "./types.ts";
import { prove, UnfinishedUpdate } from "./update.ts";

const CUT_OFF = "it was interrupted";
const BY_HAND = "it was interrupted, and somebody else has replaced the program since";
/** Starts that a new version gets to prove itself when nobody looks after it. */
const MAX_LONE_STARTS = 2;

/**
 * Finishes or takes back what an earlier update has left; the caller holds the lock of updates.
 *
 * @returns How it ended; `undefined` when there was none.
 * @throws {AppError} `UPDATE_ROLLBACK_FAILED`, `UPDATE_JOURNAL_INVALID`
 */
export async function resumeUpdate(host: UpdateHost): Promise<UpdateOutcome | undefined> {
  const journal = await readJournal(host.stateDir);
  if (journal === undefined) return undefined;
  const own = { ...host, program: journal.program };
  if (await isReplacedByHand(journal)) return await forget(own, journal, BY_HAND);
  switch (journal.step) {
    case "fetching":
    case "checking":
      return await forget(own, journal);
    case "swapping":
      return await isExchanged(journal)
        ? await finish(own, await enterStep(own, journal, { step: "restarting" }))
        : await rollBack(own, journal, CUT_OFF);
    case "restarting":
      return await finish(own, journal);
    case "rolling-back":
      return await rollBack(own, journal, journal.reason ?? CUT_OFF);
  }
}

/** What a gateway does about an update that was cut off before its own start. */
export interface StartVerdict {
  /** The old version is in place again: this process is to end, so that the old one is started. */
  readonly mustEnd: boolean;
  /** Confirms the new version, once it serves. */
  confirm?(): Promise<UpdateOutcome>;
  readonly outcome?: UpdateOutcome;
}

/**
 * What {@linkcode resumeUpdate} is for a gateway that starts by itself: it cannot restart a service,
 * but it can count its starts. Called before the database is opened, with the lock of updates held.
 *
 * @param host Without a service.
 */
export async function resumeAtStart(host: UpdateHost): Promise<StartVerdict> {
  const journal = await readJournal(host.stateDir);
  if (journal === undefined) return { mustEnd: false };
  const own = { ...host, program: journal.program };
  if (await isReplacedByHand(journal)) {
    return { mustEnd: false, outcome: await forget(own, journal, BY_HAND) };
  }
  if (journal.step === "fetching" || journal.step === "checking") {
    return { mustEnd: false, outcome: await forget(own, journal) };
  }
  // Another copy of the program, one from the sources for instance, proves nothing about this one.
  const isSubject = host.program === journal.program && host.version === journal.newVersion;
  const isInPlace = await isExchanged(journal);
  const isGoingBack = journal.step === "rolling-back" || !isInPlace ||
    journal.starts >= MAX_LONE_STARTS;
  if (!isGoingBack) {
    if (!isSubject) return { mustEnd: false };
    const counted = await enterStep(own, journal, {
      step: "restarting",
      starts: journal.starts + 1,
    });
    return { mustEnd: false, confirm: () => prove(own, counted) };
  }
  const reason = journal.reason ??
    (journal.starts >= MAX_LONE_STARTS
      ? `it was started ${journal.starts} times and did not serve`
      : CUT_OFF);
  return { mustEnd: isInPlace && isSubject, outcome: await rollBack(own, journal, reason) };
}

async function forget(
  host: UpdateHost,
  journal: Journal,
  reason = CUT_OFF,
): Promise<UpdateOutcome> {
  await discardStaged(host, journal);
  return await endUpdate(host, journal, { status: "failed", reason });
}

async function finish(host: UpdateHost, journal: Journal): Promise<UpdateOutcome> {
  try {
    await discardStaged(host, journal);
    return await prove(host, journal);
  } catch (error) {
    if (error instanceof UnfinishedUpdate) throw error;
    return await rollBack(host, journal, errorMessage(error));
  }
}

/** Whether neither of the two files is in place, so that there is nothing left to finish or undo. */
async function isReplacedByHand(
  { program, oldSha256, newSha256 }: Journal,
): Promise<boolean> {
  const found = await sha256OfFile(program);
  return found !== undefined && found !== oldSha256 && found !== newSha256;
}

/** Whether the new file has taken its place; the old one has been kept before that. */
async function isExchanged({ program, newSha256 }: Journal): Promise<boolean> {
  return newSha256 !== undefined && await sha256OfFile(program) === newSha256;
}
