/**
 * What is written down of a repair, so that it can be taken back: one folder each below
 * `<stateDir>/doctor`, with the record and the copies it names.
 *
 * The record is on disk before the first change. A folder without one belongs to a repair that had not
 * begun.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, isObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { readTextFileIfExists, writeFileAtomic } from "../../platform/mod.ts";

const RECORD_NAME = "record.json";
const ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** What was, or is, at a path. */
export type PathState =
  | { readonly kind: "absent" }
  | { readonly kind: "folder"; readonly mode: number }
  | {
    readonly kind: "file";
    readonly mode: number;
    /** Absent where only the mode matters. */
    readonly sha256?: string;
    /** Name of the copy in the folder of the repair. */
    readonly copy?: string;
  };

/** A file or folder that a repair changes. */
export interface TouchedPath {
  readonly path: string;
  /** `mode`: the content is somebody else's business, also when the repair is taken back. */
  readonly what: "content" | "mode";
  readonly before: PathState;
  /** How the repair leaves it; absent as long as that is not known. */
  readonly after?: PathState;
}

/** One step, and what became of it. */
export interface RecordedStep {
  readonly title: string;
  readonly state: "planned" | "done" | "failed";
  readonly error?: string;
  readonly afterUndo?: string;
}

/** A repair. */
export interface RepairRecord {
  readonly version: 1;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The command that did it. */
  readonly command: string;
  /** `applying`: it was cut short, or is under way. */
  readonly state: "applying" | "applied" | "undone";
  readonly undoneAt?: string;
  readonly steps: readonly RecordedStep[];
  readonly paths: readonly TouchedPath[];
}

/** The folder of all repairs. */
export function repairsFolder(stateDir: string): string {
  return join(stateDir, "doctor");
}

/** The folder of one repair. */
export function repairFolder(stateDir: string, id: string): string {
  return join(repairsFolder(stateDir), id);
}

/** Puts the record on disk, in place of an earlier one. */
export async function writeRecord(stateDir: string, record: RepairRecord): Promise<void> {
  const path = join(repairFolder(stateDir, record.id), RECORD_NAME);
  await writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * The record of a repair.
 *
 * @param id The id, or a start that only one has.
 * @throws {AppError} `DOCTOR_REPAIR_NOT_FOUND`
 */
export async function readRecord(stateDir: string, id: string): Promise<RepairRecord> {
  const found = (await listRecords(stateDir)).filter((record) => record.id.startsWith(id));
  if (id !== "" && found.length === 1) return found[0]!;
  const why = found.length === 0 ? "there is no such repair" : "several start with it";
  throw new AppError("DOCTOR_REPAIR_NOT_FOUND", `Cannot find repair "${id}": ${why}`, {
    hint: "openclaw doctor --list",
  });
}

/** All repairs, the newest first. */
export async function listRecords(stateDir: string): Promise<RepairRecord[]> {
  const records: RepairRecord[] = [];
  for (const id of await repairIds(stateDir)) {
    const text = await readTextFileIfExists(join(repairFolder(stateDir, id), RECORD_NAME));
    const value = text === undefined ? undefined : parseJsonOrUndefined(text);
    if (isRecord(value, id)) records.push(value);
  }
  return records;
}

/** Names of the folders of repairs, the newest first, also of those that had not begun. */
export async function repairIds(stateDir: string): Promise<string[]> {
  const ids: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(repairsFolder(stateDir))) {
      if (isDirectory && ID.test(name)) ids.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return ids.sort().reverse();
}

/** The id of a repair that begins now: its time, and four digits against others. */
export function newRepairId(now: number, suffix: string): string {
  const [date, time] = new Date(now).toISOString().slice(0, 19).split("T");
  return `${date!.replaceAll("-", "")}-${time!.replaceAll(":", "")}-${suffix}`;
}

function isRecord(value: unknown, id: string): value is RepairRecord {
  return isObject(value) && value.version === 1 && value.id === id &&
    Array.isArray(value.steps) && Array.isArray(value.paths);
}
