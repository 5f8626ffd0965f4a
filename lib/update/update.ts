/**
 * The way of an update: fetch, check, try, exchange, restart, and back again when it does not serve.
 *
 * Every step is written down before it is taken (`journal.ts`), so that whoever comes after a crash
 * can finish it or take it back (`resume.ts`).
 *
 * @module
 */
import { AppError, errorMessage, randomHex } from "../base/mod.ts";
import { pathExists, replaceProgram, returnProgram } from "../platform/mod.ts";
import { exchangeDatabase, keptCopyPath, storedSchema } from "../store/mod.ts";
import { fetchRelease } from "./fetch.ts";
import { asideDatabase, keptPath, previousPath, stagedPath } from "./files.ts";
import { type Journal, writePreviousFacts } from "./journal.ts";
import { askVersion } from "./program.ts";
import { assertReplaceable } from "./replaceable.ts";
import { rollBack } from "./roll_back.ts";
import { sha256OfFile } from "./sha256.ts";
import { discardStaged, endUpdate, enterStep, rolledBack } from "./steps.ts";
import type { Release, UpdateHost, UpdateOutcome, UpdateRequest } from "./types.ts";

/** What an update is to do. */
export interface UpdateOptions {
  readonly release: Release;
  /** Ends the fetching of the release; later steps are not ended in their midst. */
  readonly signal?: AbortSignal;
  /**
   * The schema whose kept copy of the database comes back, for an older version that cannot read the
   * newer one.
   */
  readonly schemaWanted?: number;
  readonly asked?: UpdateRequest;
}

/**
 * Replaces the program by a release; the caller holds the lock of updates.
 *
 * @throws {AppError} Why nothing was changed, or `UPDATE_ROLLED_BACK`, `UPDATE_ROLLBACK_FAILED`.
 */
export async function runUpdate(
  host: UpdateHost,
  options: UpdateOptions,
): Promise<UpdateOutcome> {
  const { program } = host;
  await assertReplaceable(program, options.release);
  let journal = await begin(host, options);
  try {
    journal = await prepare(host, journal, options);
  } catch (error) {
    await discardStaged(host, journal);
    await endUpdate(host, journal, { status: "failed", reason: errorMessage(error) });
    throw error;
  }
  try {
    journal = await exchange(host, journal);
    return await prove(host, journal);
  } catch (error) {
    if (error instanceof UnfinishedUpdate) throw error;
    await rollBack(host, journal, errorMessage(error));
    throw rolledBack(journal, errorMessage(error));
  }
}

async function begin(
  host: UpdateHost,
  { release, asked, schemaWanted }: UpdateOptions,
): Promise<Journal> {
  const { program, version, clock, stateDir } = host;
  const oldSha256 = await sha256OfFile(program);
  if (oldSha256 === undefined) throw gone(program);
  const schemaBefore = await storedSchema(stateDir);
  const journal: Journal = {
    id: randomHex(4),
    step: "fetching",
    program,
    oldVersion: version,
    oldSha256,
    newSha256: release.sha256,
    ...(release.version === undefined ? {} : { newVersion: release.version }),
    ...(schemaBefore === undefined ? {} : { schemaBefore }),
    ...(schemaWanted === undefined ? {} : { schemaWanted }),
    startedAtMs: clock.now(),
    starts: 0,
    notes: [],
    ...(asked === undefined ? {} : { asked }),
  };
  return await enterStep(host, journal, {});
}

/** Gets the new file to its place beside the old one, and makes sure that it is worth it. */
async function prepare(
  host: UpdateHost,
  given: Journal,
  { release, signal, schemaWanted }: UpdateOptions,
): Promise<Journal> {
  const { network, runCommand, progress, report } = host;
  const staged = stagedPath(host.program, given.id);
  const { mode } = await Deno.stat(host.program);
  if (release.kind === "url") report(`Downloading ${release.from}`);
  await fetchRelease({
    network,
    release,
    path: staged,
    mode: mode === null ? 0o755 : mode & 0o777,
    signal,
    progress,
  });
  const journal = await enterStep(host, given, { step: "checking" });
  const newVersion = await askVersion(staged, runCommand, release.version);
  report(`Trying ${newVersion} on a port of its own`);
  // An older program that gets its own database back is not tried with the one it cannot read.
  const notes = schemaWanted === undefined ? await host.probe(staged, journal.id) : [];
  if (await sha256OfFile(host.program) !== journal.oldSha256) throw changed(host.program);
  return { ...journal, newVersion, notes };
}

/** Puts the new file, and for an older version its database, in place. */
async function exchange(host: UpdateHost, given: Journal): Promise<Journal> {
  const { program, stateDir } = host;
  // A gateway that has migrated meanwhile changes what a way back needs.
  const schemaBefore = await storedSchema(stateDir);
  const journal = await enterStep(host, given, {
    step: "swapping",
    ...(schemaBefore === undefined ? {} : { schemaBefore }),
  });
  const { id, schemaWanted } = journal;
  if (schemaWanted !== undefined && schemaWanted !== schemaBefore) {
    host.report("Stopping the gateway to exchange the database");
    await host.service?.stop();
    await exchangeDatabase(
      stateDir,
      keptCopyPath(stateDir, schemaWanted),
      asideDatabase(stateDir, id),
    );
    host.onStep?.("database exchanged");
  }
  await replaceProgram({
    program,
    next: stagedPath(program, id),
    previous: keptPath(program, id),
  });
  host.onStep?.("files exchanged");
  return await enterStep(host, journal, { step: "restarting" });
}

/** Starts the new version where a service runs it, and is done when it serves. */
export async function prove(host: UpdateHost, journal: Journal): Promise<UpdateOutcome> {
  const { newVersion = "the new version" } = journal;
  if (host.service !== undefined) host.report(`Restarting the gateway with ${newVersion}`);
  const notes = await host.service?.restart(newVersion) ?? [];
  host.onStep?.("proven");
  try {
    await keepOld(host, journal);
    host.onStep?.("old file kept");
    return await endUpdate(host, journal, { status: "ok", notes });
  } catch (error) {
    throw new UnfinishedUpdate(error);
  }
}

/** The old file becomes the previous one; the one before it is lost only now. */
async function keepOld({ stateDir }: UpdateHost, journal: Journal): Promise<void> {
  const { program, id, oldSha256: sha256, oldVersion: version, schemaBefore: schema } = journal;
  await writePreviousFacts(stateDir, {
    sha256,
    version,
    ...(schema === undefined ? {} : { schema }),
  });
  const kept = keptPath(program, id);
  if (await pathExists(kept)) await returnProgram(previousPath(program), kept);
}

/** The new version serves, and only the journal could not be ended: no reason to go back. */
export class UnfinishedUpdate extends AppError {
  constructor(cause: unknown) {
    super(
      "IO_ERROR",
      `The new version serves, but the journal cannot be ended: ${errorMessage(cause)}`,
      { hint: "Free the disk, then: openclaw update status", cause },
    );
  }
}

function changed(program: string): AppError {
  return new AppError("UPDATE_CONFLICT", `Cannot replace "${program}": it has changed meanwhile`, {
    hint: "openclaw --version\nopenclaw update",
  });
}

function gone(program: string): AppError {
  return new AppError("UPDATE_CONFLICT", `Cannot replace "${program}": it is not there any more`, {
    hint: "command -v openclaw",
  });
}
