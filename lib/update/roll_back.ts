/**
 * Brings the old version back: its file, the database as it can read it, its service.
 *
 * Every part looks at what is there first, so that a roll-back that was cut off goes on.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";
import { pathExists, returnProgram } from "../platform/mod.ts";
import { exchangeDatabase, keptCopyPath, storedSchema } from "../store/mod.ts";
import { asideDatabase, keptPath, previousPath } from "./files.ts";
import type { Journal } from "./journal.ts";
import { sha256OfFile } from "./sha256.ts";
import { discardStaged, endUpdate, enterStep } from "./steps.ts";
import type { UpdateHost, UpdateOutcome } from "./types.ts";

/**
 * Puts the old version back and starts it.
 *
 * @param reason Why, as a part of a sentence.
 * @throws {AppError} `UPDATE_ROLLBACK_FAILED` when the old file is gone or the old version does not
 * serve; then the journal stays, or everything is in place but for the service.
 */
export async function rollBack(
  host: UpdateHost,
  given: Journal,
  reason: string,
): Promise<UpdateOutcome> {
  const wasTouched = given.step !== "swapping" || given.schemaWanted !== undefined;
  const journal = await enterStep(host, given, { step: "rolling-back", reason });
  const isForeign = await hasForeignDatabase(host.stateDir, journal);
  await assertReturnable(host, journal, isForeign);
  // The database is exchanged under nobody's hands.
  if (isForeign) await host.service?.stop();
  const isReturned = await returnFile(journal);
  host.onStep?.("file returned");
  const notes = isForeign ? await returnDatabase(host.stateDir, journal) : [];
  host.onStep?.("database returned");
  await discardStaged(host, journal);
  const failure = wasTouched || isReturned ? await startOld(host, journal, notes) : undefined;
  const outcome = await endUpdate(host, journal, { status: "rolled-back", reason, notes });
  if (failure === undefined) return outcome;
  throw new AppError(
    "UPDATE_ROLLBACK_FAILED",
    `Version ${journal.oldVersion} is back in place, but it does not serve: ${failure}`,
    { hint: "openclaw gateway status --deep\nopenclaw logs" },
  );
}

/** Starts the old version; answers why it does not serve. */
async function startOld(
  { service }: UpdateHost,
  { oldVersion }: Journal,
  notes: string[],
): Promise<string | undefined> {
  try {
    notes.push(...await service?.restart(oldVersion) ?? []);
    return undefined;
  } catch (error) {
    notes.push(`${oldVersion} is in place but does not serve: ${errorMessage(error)}`);
    return errorMessage(error);
  }
}

/** Ends an update whose old version cannot come back whole; what is in place stays. */
async function assertReturnable(
  host: UpdateHost,
  journal: Journal,
  isForeign: boolean,
): Promise<void> {
  const { program, oldSha256 } = journal;
  const source = isForeign ? await returnSource(host.stateDir, journal) : undefined;
  const hasFile = await sha256OfFile(program) === oldSha256 ||
    await oldFile(journal) !== undefined;
  const missing = !hasFile
    ? `no file beside "${program}" is the one that was replaced`
    : source !== undefined && !await pathExists(source)
    ? `there is no "${source}" with the old database`
    : undefined;
  if (missing === undefined) return;
  await endUpdate(host, journal, { status: "failed", reason: `no way back: ${missing}` });
  throw new AppError("UPDATE_ROLLBACK_FAILED", `Cannot put the old version back: ${missing}`, {
    hint: "openclaw --version\nopenclaw gateway restart",
  });
}

/** Whether the old version needs another database than the one that is in place. */
async function hasForeignDatabase(
  stateDir: string,
  { id, schemaBefore }: Journal,
): Promise<boolean> {
  if (schemaBefore === undefined) return false;
  if (await pathExists(`${asideDatabase(stateDir, id)}-back`)) return true;
  return await storedSchema(stateDir) !== schemaBefore;
}

/** @returns Whether it had to be moved. */
async function returnFile(journal: Journal): Promise<boolean> {
  const { program, oldSha256 } = journal;
  if (await sha256OfFile(program) === oldSha256) return false;
  await returnProgram(program, await oldFile(journal) ?? keptPath(program, journal.id));
  return true;
}

/** Where the old file is; an update that was cut off at its very end has made it the previous one. */
async function oldFile({ program, id, oldSha256 }: Journal): Promise<string | undefined> {
  for (const path of [keptPath(program, id), previousPath(program)]) {
    if (await sha256OfFile(path) === oldSha256) return path;
  }
  return undefined;
}

/** What this update itself has taken out of the way comes back before an older, kept copy does. */
async function returnSource(
  stateDir: string,
  { id, schemaBefore = 0 }: Journal,
): Promise<string> {
  const own = asideDatabase(stateDir, id);
  return await pathExists(own) ? own : keptCopyPath(stateDir, schemaBefore);
}

async function returnDatabase(stateDir: string, journal: Journal): Promise<string[]> {
  const aside = `${asideDatabase(stateDir, journal.id)}-back`;
  await exchangeDatabase(stateDir, await returnSource(stateDir, journal), aside);
  return [`the database of the version that went is kept as ${aside}`];
}
