/**
 * Takes a repair back: every file as it was, byte for byte, with the mode it had.
 *
 * May be cut short and run again. What somebody changed since the repair is not written over.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, type Clock, sha256Hex } from "../../base/mod.ts";
import { ensureDir, ioError, withFileLock, writeFileAtomic } from "../../platform/mod.ts";
import { readPathState, sameContent, sameMode } from "./path_state.ts";
import {
  type PathState,
  readRecord,
  repairFolder,
  type RepairRecord,
  repairsFolder,
  type TouchedPath,
  writeRecord,
} from "./record.ts";

/** What was put back. */
export interface UndoOutcome {
  readonly id: string;
  /** `false` when it had been taken back before. */
  readonly isChanged: boolean;
  readonly restored: readonly string[];
  /** What was changed by somebody else since and stays as it is. */
  readonly left: readonly string[];
  /** Commands that let the old files take effect. */
  readonly next: readonly string[];
}

/** Which repair, and how far it may go. */
export interface UndoOptions {
  readonly stateDir: string;
  readonly id: string;
  readonly clock: Clock;
  /** Puts a file back that was changed since; a copy of what it says now is kept. */
  readonly isForced: boolean;
}

/**
 * Puts everything back that a repair has changed.
 *
 * @throws {AppError} `DOCTOR_REPAIR_NOT_FOUND`; `DOCTOR_UNDO_CONFLICT` when a file was changed since,
 * with nothing put back; `DOCTOR_COPY_DAMAGED`.
 */
export async function undoRepair(options: UndoOptions): Promise<UndoOutcome> {
  const { stateDir, clock } = options;
  const { id } = await readRecord(stateDir, options.id);
  return await withFileLock(join(repairsFolder(stateDir), "lock"), async () => {
    const record = await readRecord(stateDir, id);
    if (record.state === "undone") {
      return { id, isChanged: false, restored: [], left: [], next: [] };
    }
    const copies = await readCopies(stateDir, record);
    if (!options.isForced) await refuseConflicts(record);
    const restored: string[] = [];
    const left: string[] = [];
    // Backwards: a folder that was made goes after the files in it.
    for (const touched of record.paths.toReversed()) {
      const result = await restore(stateDir, record, touched, copies);
      if (result === "restored") restored.push(touched.path);
      if (result === "left") left.push(touched.path);
    }
    const undoneAt = new Date(clock.now()).toISOString();
    await writeRecord(stateDir, { ...record, state: "undone", undoneAt });
    const next = record.steps.flatMap(({ state, afterUndo }) =>
      state !== "planned" && afterUndo !== undefined ? [afterUndo] : []
    );
    return { id, isChanged: true, restored, left, next: [...new Set(next)] };
  });
}

type Copies = ReadonlyMap<string, Uint8Array>;

/** All copies, checked before anything is touched. */
async function readCopies(stateDir: string, { id, paths }: RepairRecord): Promise<Copies> {
  const copies = new Map<string, Uint8Array>();
  for (const { path, before } of paths) {
    if (before.kind !== "file" || before.copy === undefined) continue;
    const file = join(repairFolder(stateDir, id), before.copy);
    const bytes = await Deno.readFile(file).catch((error) => {
      throw damaged(file, id, error);
    });
    if (await sha256Hex(bytes) !== before.sha256) throw damaged(file, id, undefined);
    copies.set(path, bytes);
  }
  return copies;
}

function damaged(file: string, id: string, cause: unknown): AppError {
  return new AppError(
    "DOCTOR_COPY_DAMAGED",
    `Cannot undo repair "${id}": the copy "${file}" is not what was kept`,
    { hint: "openclaw config history", cause },
  );
}

async function refuseConflicts({ id, paths }: RepairRecord): Promise<void> {
  const changed: string[] = [];
  for (const { path, what, before, after } of paths) {
    if (what === "mode" || after === undefined) continue;
    const now = await readPathState(path, "content");
    if (!sameContent(now, after) && !sameContent(now, before)) changed.push(path);
  }
  if (changed.length === 0) return;
  throw new AppError(
    "DOCTOR_UNDO_CONFLICT",
    `Cannot undo repair "${id}": changed since then: ${changed.join(", ")}`,
    { hint: `openclaw doctor --undo ${id} --force`, details: { paths: changed } },
  );
}

type Restored = "restored" | "same" | "left";

async function restore(
  stateDir: string,
  record: RepairRecord,
  { path, what, before, after }: TouchedPath,
  copies: Copies,
): Promise<Restored> {
  const now = await readPathState(path, what);
  if (what === "mode") return await restoreMode(path, now, before, after);
  if (sameContent(now, before) && sameMode(now, before)) return "same";
  if (now.kind === "file" && !sameContent(now, before) && after && !sameContent(now, after)) {
    await keepReplaced(stateDir, record.id, path);
  }
  if (before.kind === "file") {
    await writeFileAtomic(path, copies.get(path)!, { mode: before.mode });
  } else if (before.kind === "absent") {
    await removeIfThere(path);
  }
  return "restored";
}

async function restoreMode(
  path: string,
  now: PathState,
  before: PathState,
  after: PathState | undefined,
): Promise<Restored> {
  if (sameMode(now, before)) return "same";
  if (before.kind === "absent") return await removeFolder(path);
  if (now.kind === "absent" || after && !sameMode(now, after)) return "left";
  await Deno.chmod(path, before.mode).catch((error) => {
    throw ioError("change the mode of", path, error);
  });
  return "restored";
}

/** A folder in which something is by now stays. */
async function removeFolder(path: string): Promise<Restored> {
  try {
    await Deno.remove(path);
    return "restored";
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "same" : "left";
  }
}

/** What `--force` writes over is kept beside the copies. */
async function keepReplaced(stateDir: string, id: string, path: string): Promise<void> {
  const folder = join(repairFolder(stateDir, id), "replaced");
  await ensureDir(folder);
  const bytes = await Deno.readFile(path);
  const name = `${(await sha256Hex(bytes)).slice(0, 12)}.copy`;
  await writeFileAtomic(join(folder, name), bytes);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", path, error);
  }
}
