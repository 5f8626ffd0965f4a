/**
 * What the paths of an update share: writing down the next step, and how one ends.
 *
 * @module
 */
import { AppError, randomHex } from "../base/mod.ts";
import { ioError } from "../platform/mod.ts";
import { probeFolder, stagedPath } from "./files.ts";
import { type Journal, removeJournal, writeJournal, writeOutcome } from "./journal.ts";
import { leaveNote } from "./note.ts";
import type { UpdateHost, UpdateOutcome, UpdateRequest, UpdateStatus } from "./types.ts";

/** Writes down what is about to be done. */
export async function enterStep(
  host: UpdateHost,
  journal: Journal,
  changes: Partial<Journal>,
): Promise<Journal> {
  const next = { ...journal, ...changes };
  await writeJournal(host.stateDir, next);
  host.onStep?.(next.step);
  return next;
}

/** Removes what an update has put beside the program and into its folder. */
export async function discardStaged(
  host: Pick<UpdateHost, "stateDir">,
  { program, id }: Journal,
): Promise<void> {
  for (const path of [stagedPath(program, id), probeFolder(host.stateDir, id)]) {
    try {
      await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", path, error);
    }
  }
}

/** How an update ended, for {@linkcode endUpdate}. */
export interface End {
  readonly status: UpdateStatus;
  readonly reason?: string;
  readonly notes?: readonly string[];
}

/** Writes down how an update ended, leaves a note for who asked, and ends the journal. */
export async function endUpdate(
  host: Pick<UpdateHost, "stateDir" | "clock">,
  journal: Journal,
  { status, reason, notes = [] }: End,
): Promise<UpdateOutcome> {
  const { id, program, oldVersion, newVersion, startedAtMs, asked } = journal;
  const outcome: UpdateOutcome = {
    id,
    status,
    from: oldVersion,
    ...(newVersion === undefined ? {} : { to: newVersion }),
    ...(reason === undefined ? {} : { reason }),
    notes: [...journal.notes, ...notes],
    startedAtMs,
    endedAtMs: host.clock.now(),
    program,
    ...(asked === undefined ? {} : { asked }),
  };
  await writeOutcome(host.stateDir, outcome);
  if (asked !== undefined) await leaveNote(host.stateDir, outcome);
  await removeJournal(host.stateDir);
  return outcome;
}

/** Writes down how an update ended that never came to a journal. */
export async function recordOutcome(
  { stateDir, clock, version, program }: Pick<
    UpdateHost,
    "stateDir" | "clock" | "version" | "program"
  >,
  { status, reason, asked }: { status: UpdateStatus; reason: string; asked: UpdateRequest },
): Promise<void> {
  const now = clock.now();
  const outcome: UpdateOutcome = {
    id: randomHex(4),
    status,
    from: version,
    reason,
    notes: [],
    startedAtMs: now,
    endedAtMs: now,
    program,
    asked,
  };
  await writeOutcome(stateDir, outcome);
  await leaveNote(stateDir, outcome);
}

/** The failure of an update that has put the old version back. */
export function rolledBack({ oldVersion, newVersion, program }: Journal, reason: string): AppError {
  return new AppError(
    "UPDATE_ROLLED_BACK",
    `Cannot update to ${newVersion ?? "the new version"}: ${reason}\n` +
      `Version ${oldVersion} is back in place`,
    { hint: "openclaw update status\nopenclaw logs", details: { program } },
  );
}
