/**
 * The journal of the update that is under way, and the outcome of the last one: small JSON files that
 * are on disk before what they speak of is done.
 *
 * @module
 */
import { AppError, isObject, parseJsonOrUndefined } from "../base/mod.ts";
import { ensureDir, ioError, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";
import { journalPath, outcomePath, previousFactsPath, updateFolder } from "./files.ts";
import type { UpdateOutcome, UpdateRequest } from "./types.ts";

const FORMAT = 1;

/**
 * What is being done.
 *
 * - `fetching`, `checking`: nothing of what is installed has been touched;
 * - `swapping`: the files are being exchanged;
 * - `restarting`: the new file is in place and has to prove itself;
 * - `rolling-back`: the old file is on its way back.
 */
export type UpdateStep = "fetching" | "checking" | "swapping" | "restarting" | "rolling-back";

const STEPS: ReadonlySet<unknown> = new Set<UpdateStep>([
  ...["fetching", "checking", "swapping"] as const,
  ...["restarting", "rolling-back"] as const,
]);

/** An update that is under way. */
export interface Journal {
  readonly id: string;
  readonly step: UpdateStep;
  readonly program: string;
  /** Version and SHA-256 of the file that is replaced. */
  readonly oldVersion: string;
  readonly oldSha256: string;
  /** Of the file that takes its place, as far as it is known. */
  readonly newVersion?: string;
  readonly newSha256?: string;
  /** Schema of the database before the new version ran; absent where there was none. */
  readonly schemaBefore?: number;
  /** The kept copy of the database, by its schema, that is to come back with an older version. */
  readonly schemaWanted?: number;
  readonly startedAtMs: number;
  /** Starts of the new version that nobody else looked after. */
  readonly starts: number;
  /** Why the old file comes back. */
  readonly reason?: string;
  readonly notes: readonly string[];
  readonly asked?: UpdateRequest;
}

/** The journal; `undefined` when no update is under way. @throws {AppError} `UPDATE_JOURNAL_INVALID` */
export async function readJournal(stateDir: string): Promise<Journal | undefined> {
  const path = journalPath(stateDir);
  const value = await readFormat(path);
  if (value === undefined) return undefined;
  const { id, step, program, oldVersion, oldSha256 } = value;
  const isWhole = [id, program, oldVersion, oldSha256].every((one) => typeof one === "string");
  if (isWhole && STEPS.has(step)) return value as unknown as Journal;
  throw invalid(path);
}

/** Writes the journal; on disk when it resolves. */
export async function writeJournal(stateDir: string, journal: Journal): Promise<void> {
  await ensureDir(updateFolder(stateDir));
  await writeFileAtomic(journalPath(stateDir), text(journal));
}

/** Ends the journal: no update is under way any more. */
export async function removeJournal(stateDir: string): Promise<void> {
  const path = journalPath(stateDir);
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", path, error);
  }
}

/** How the last update ended; `undefined` when there was none, or none that can be read. */
export async function readOutcome(stateDir: string): Promise<UpdateOutcome | undefined> {
  const text = await readTextFileIfExists(outcomePath(stateDir));
  const value = text === undefined ? undefined : parseJsonOrUndefined(text);
  const isKnown = isObject(value) && value.format === FORMAT && typeof value.status === "string";
  return isKnown ? value as unknown as UpdateOutcome : undefined;
}

/** Writes how an update ended. */
export async function writeOutcome(stateDir: string, outcome: UpdateOutcome): Promise<void> {
  await ensureDir(updateFolder(stateDir));
  await writeFileAtomic(outcomePath(stateDir), text(outcome));
}

/** What is known of the program that was kept. */
export interface PreviousFacts {
  readonly sha256: string;
  readonly version: string;
  /** Schema of the database that it left; absent where there was none. */
  readonly schema?: number;
}

/** What is known of the kept program; `undefined` when nothing is, or nothing that can be read. */
export async function readPreviousFacts(stateDir: string): Promise<PreviousFacts | undefined> {
  const text = await readTextFileIfExists(previousFactsPath(stateDir));
  const value = text === undefined ? undefined : parseJsonOrUndefined(text);
  const isKnown = isObject(value) && value.format === FORMAT && typeof value.sha256 === "string";
  return isKnown ? value as unknown as PreviousFacts : undefined;
}

/** Writes what is known of the kept program. */
export async function writePreviousFacts(stateDir: string, facts: PreviousFacts): Promise<void> {
  await ensureDir(updateFolder(stateDir));
  await writeFileAtomic(previousFactsPath(stateDir), text(facts));
}

async function readFormat(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readTextFileIfExists(path);
  if (text === undefined) return undefined;
  const value = parseJsonOrUndefined(text);
  if (isObject(value) && value.format === FORMAT) return value;
  throw invalid(path);
}

function text(value: Journal | UpdateOutcome | PreviousFacts): string {
  return `${JSON.stringify({ format: FORMAT, ...value }, null, 2)}\n`;
}

function invalid(path: string): AppError {
  return new AppError("UPDATE_JOURNAL_INVALID", `Cannot read the update's journal "${path}"`, {
    hint: `Look at it, check that openclaw --version answers, then remove it: rm "${path}"`,
    details: { path },
  });
}
