/**
 * The one write of the config that a repair makes.
 *
 * @module
 */
import { AppError, sha256Hex } from "../../base/mod.ts";
import { writeConfig } from "../../config/mod.ts";
import type { RepairContext } from "./context.ts";
import type { ConfigStep, RepairStep } from "./steps.ts";

/** A write that is known before it is done. */
export interface PlannedConfig {
  readonly raw: string;
  readonly isReplacement: boolean;
  /** Files that it may change, with the hash that they get where that is sure. */
  readonly files: readonly { readonly path: string; readonly sha256?: string }[];
  /** Why there is nothing to write. */
  readonly failure?: AppError;
  /** Whether the write was done; every step of the config is done with the first. */
  isWritten: boolean;
}

/** The text that all steps of the config lead to; `undefined` where there is none. */
export async function planConfig(
  { snapshot }: Pick<RepairContext, "snapshot">,
  steps: readonly RepairStep[],
): Promise<PlannedConfig | undefined> {
  const edits = steps.filter((step): step is ConfigStep => step.kind === "config");
  if (edits.length === 0) return undefined;
  const raw = await editedText(snapshot.raw, edits);
  if (raw instanceof AppError) return { ...NOTHING, failure: raw };
  const sha256 = await sha256Hex(raw);
  // Where the config is in several files, the change may go to one of the others.
  const isAlone = snapshot.includes.length === 0;
  return {
    raw,
    isReplacement: edits.some((step) => step.isReplacement === true),
    files: [
      { path: snapshot.path, ...(isAlone ? { sha256 } : {}) },
      ...snapshot.includes.map((path) => ({ path })),
    ],
    isWritten: false,
  };
}

/** The text, or why it cannot be made; the other steps of a repair are done all the same. */
async function editedText(
  from: string,
  edits: readonly ConfigStep[],
): Promise<string | AppError> {
  let raw = from;
  try {
    for (const step of edits) raw = await step.edit(raw);
    return raw;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

const NOTHING: PlannedConfig = { raw: "", isReplacement: false, files: [], isWritten: false };

/**
 * Writes the config, unless an earlier step has; the history keeps the version from before.
 *
 * @throws {AppError} The refusals of the writer.
 */
export async function writePlanned(
  { paths, env, clock, snapshot, command }: RepairContext,
  planned: PlannedConfig,
): Promise<void> {
  if (planned.failure !== undefined) throw planned.failure;
  if (planned.isWritten) return;
  await writeConfig({
    paths,
    env,
    clock,
    baseHash: snapshot.exists ? snapshot.hash : undefined,
    raw: planned.raw,
    force: planned.isReplacement,
    origin: { by: "doctor", action: command },
  });
  planned.isWritten = true;
}
