/**
 * Carries repairs out: first a copy of everything they touch and the record, then one step after
 * another. Killed at any moment, it leaves every file old or new, and the record to take it back.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, errorMessage, randomHex } from "../../base/mod.ts";
import {
  ensureDir,
  ioError,
  readFileIfExists,
  removeLeftovers,
  withFileLock,
  writeFileAtomic,
} from "../../platform/mod.ts";
import { planConfig, type PlannedConfig, writePlanned } from "./config_change.ts";
import type { RepairContext } from "./context.ts";
import { readPathState } from "./path_state.ts";
import {
  listRecords,
  newRepairId,
  type PathState,
  type RecordedStep,
  repairFolder,
  repairIds,
  type RepairRecord,
  repairsFolder,
  type TouchedPath,
  writeRecord,
} from "./record.ts";
import { orderSteps, type RepairStep } from "./steps.ts";

/** Repairs that are kept; older ones can no longer be taken back. */
const KEPT_REPAIRS = 20;

/** What came of a repair. */
export interface RepairOutcome {
  readonly id: string;
  /** Where the copies are. */
  readonly folder: string;
  readonly steps: readonly RecordedStep[];
  /** What steps had to say. */
  readonly lines: readonly string[];
}

/**
 * Does the steps, in an order that works, and says what became of each. A step that fails does not
 * keep the others from being done.
 *
 * @throws {AppError} When nothing was done: `PERMISSION_DENIED` in a state folder of somebody else, or
 * what making the copies failed with.
 */
export async function applyRepairs(
  context: RepairContext,
  given: readonly RepairStep[],
): Promise<RepairOutcome> {
  const { stateDir } = context.paths;
  await refuseForeignState(context);
  await ensureDir(repairsFolder(stateDir));
  return await withFileLock(join(repairsFolder(stateDir), "lock"), async () => {
    await tidy(stateDir);
    const steps = orderSteps(given);
    const config = await planConfig(context, steps);
    let record = await beginRecord(context, steps, config);
    const lines: string[] = [];
    for (const [index, step] of steps.entries()) {
      const done = await doStep(context, step, config, lines);
      const changed = step.kind === "act"
        ? step.touches
        : step.kind === "config"
        ? config?.files.map(({ path }) => path) ?? []
        : [];
      record = await noteStep(stateDir, record, index, { done, changed });
    }
    record = { ...record, state: "applied" };
    await writeRecord(stateDir, record);
    return { id: record.id, folder: repairFolder(stateDir, record.id), steps: record.steps, lines };
  });
}

/** Files written by root in somebody's state folder could not be used by its gateway. */
async function refuseForeignState({ paths: { stateDir }, uid }: RepairContext): Promise<void> {
  const info = await Deno.stat(stateDir).catch(() => undefined);
  if (info === undefined || uid === undefined || info.uid === null || info.uid === uid) return;
  throw new AppError(
    "PERMISSION_DENIED",
    `Cannot repair "${stateDir}": it belongs to user ${info.uid}, this is user ${uid}`,
    { hint: `sudo -u '#${info.uid}' openclaw doctor --fix` },
  );
}

/** Removes what repairs left that had not begun, and the oldest of those that can be taken back. */
async function tidy(stateDir: string): Promise<void> {
  const kept = new Set(
    (await listRecords(stateDir)).slice(0, KEPT_REPAIRS - 1).map(({ id }) => id),
  );
  for (const id of await repairIds(stateDir)) {
    if (!kept.has(id)) await Deno.remove(repairFolder(stateDir, id), { recursive: true });
    else await removeLeftovers(repairFolder(stateDir, id));
  }
}

async function beginRecord(
  context: RepairContext,
  steps: readonly RepairStep[],
  config: PlannedConfig | undefined,
): Promise<RepairRecord> {
  const { clock, command, paths: { stateDir } } = context;
  const id = newRepairId(clock.now(), randomHex(2));
  const folder = repairFolder(stateDir, id);
  await ensureDir(folder);
  const paths: TouchedPath[] = [];
  for (const [path, expected] of touched(steps, config)) {
    const before = await readPathState(path, expected.what);
    const kept = expected.what === "content" && before.kind === "file"
      ? await keepCopy(folder, path, before, paths.length)
      : before;
    const after = expected.after?.(before);
    paths.push({ path, what: expected.what, before: kept, ...(after ? { after } : {}) });
  }
  const record: RepairRecord = {
    version: 1,
    id,
    createdAt: new Date(clock.now()).toISOString(),
    command,
    state: "applying",
    steps: steps.map(({ title, ...step }) => ({
      title,
      state: "planned",
      ...("afterUndo" in step && step.afterUndo ? { afterUndo: step.afterUndo } : {}),
    })),
    paths,
  };
  await writeRecord(stateDir, record);
  return record;
}

interface Expected {
  readonly what: "content" | "mode";
  /** How the path will be, where that is known before. */
  readonly after?: (before: PathState) => PathState;
}

/** Every path that the steps change, once; who changes the content comes before who changes modes. */
function touched(
  steps: readonly RepairStep[],
  config: PlannedConfig | undefined,
): Map<string, Expected> {
  const found = new Map<string, Expected>();
  const add = (path: string, expected: Expected) => {
    if (found.get(path)?.what !== "content") found.set(path, expected);
  };
  for (const step of steps) {
    if (step.kind === "mode") {
      const { mode } = step;
      add(step.path, {
        what: "mode",
        after: (before) => before.kind === "absent" ? before : { ...before, mode },
      });
    } else if (step.kind === "folder") {
      const { mode } = step;
      add(step.path, { what: "mode", after: () => ({ kind: "folder", mode }) });
    } else if (step.kind === "remove") {
      add(step.path, { what: "content", after: () => ({ kind: "absent" }) });
    } else if (step.kind === "act") {
      for (const path of step.touches) add(path, { what: "content" });
    }
  }
  for (const { path, sha256 } of config?.files ?? []) {
    add(path, {
      what: "content",
      ...(sha256 === undefined ? {} : {
        after: (): PathState => ({ kind: "file", mode: 0o600, sha256 }),
      }),
    });
  }
  return found;
}

async function keepCopy(
  folder: string,
  path: string,
  before: PathState & { kind: "file" },
  index: number,
): Promise<PathState> {
  const bytes = await readFileIfExists(path);
  if (bytes === undefined) return { kind: "absent" };
  const copy = `${String(index).padStart(4, "0")}.copy`;
  await writeFileAtomic(join(folder, copy), bytes);
  return { ...before, copy };
}

type Done = { readonly ok: true } | { readonly ok: false; readonly error: string };

async function doStep(
  context: RepairContext,
  step: RepairStep,
  config: PlannedConfig | undefined,
  lines: string[],
): Promise<Done> {
  try {
    switch (step.kind) {
      case "mode":
        await Deno.chmod(step.path, step.mode).catch((error) => {
          throw ioError("change the mode of", step.path, error);
        });
        break;
      case "folder":
        await ensureDir(step.path, step.mode);
        break;
      case "remove":
        await removeFile(step.path);
        break;
      case "config":
        await writePlanned(context, config!);
        break;
      case "act":
        lines.push(...await step.run());
    }
    return { ok: true };
  } catch (error) {
    return { ok: false, error: errorMessage(error) };
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    if (!(await Deno.lstat(path)).isFile) throw new Error("it is no regular file");
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", path, error);
  }
}

/** Writes down what became of a step, and how the files are now that only it could tell. */
async function noteStep(
  stateDir: string,
  record: RepairRecord,
  index: number,
  { done, changed }: { done: Done; changed: readonly string[] },
): Promise<RepairRecord> {
  const steps = record.steps.map((one, at): RecordedStep => {
    if (at !== index) return one;
    return done.ok ? { ...one, state: "done" } : { ...one, state: "failed", error: done.error };
  });
  const paths = await Promise.all(
    record.paths.map(async (one) =>
      changed.includes(one.path) ? { ...one, after: await readPathState(one.path, "content") } : one
    ),
  );
  const noted = { ...record, steps, paths };
  await writeRecord(stateDir, noted);
  return noted;
}
