/**
 * Carries out a plan: pointers into the configuration, and the written-out secrets out of all files.
 *
 * Nothing is written before everything is checked. The configuration comes first; what is left when
 * the power fails in between is a secret that is still in some other file, and applying the plan again
 * takes it out. No copy of a moved secret is kept: versions of the configuration that hold one go too.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { AppError, type Clock, type Env } from "../../base/mod.ts";
import {
  type ConfigPaths,
  type ConfigSnapshot,
  evaluateConfig,
  forgetVersions,
  writeConfig,
} from "../../config/mod.ts";
import { ensureDir, writeFileAtomic } from "../../platform/mod.ts";
import { resolveRefs } from "../resolve.ts";
import type { SecretsPlan } from "./parse.ts";
import { projectPlan } from "./project.ts";

/** How a plan is applied. */
export interface ApplyOptions {
  readonly plan: SecretsPlan;
  readonly snapshot: ConfigSnapshot;
  readonly paths: ConfigPaths;
  readonly env: Env;
  readonly clock: Clock;
  readonly isDryRun: boolean;
  /** Whether programs may be run to see what they answer. */
  readonly allowExec: boolean;
}

/** What applying a plan did, or would do. */
export interface ApplyResult {
  readonly mode: "dry-run" | "write";
  readonly changed: boolean;
  readonly changedFiles: readonly string[];
  readonly checks: { readonly resolvability: boolean; readonly resolvabilityComplete: boolean };
  readonly refsChecked: number;
  readonly skippedExecRefs: number;
  readonly warningCount: number;
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Applies a plan, or says what it would change.
 *
 * @throws {AppError} `SECRETS_PLAN_INVALID`, `SECRET_UNRESOLVED` or `CONFIG_INVALID`, with nothing
 * written; or what a write fails with.
 */
export async function applyPlan(options: ApplyOptions): Promise<ApplyResult> {
  const { plan, snapshot, paths, env, isDryRun } = options;
  assertConsent(options);
  const { configText, files, migrated } = await projectPlan(plan, snapshot, paths);
  const projected = await evaluateConfig({ env, paths, raw: configText });
  if (!projected.valid) {
    const issues = projected.issues.map(({ path, message }) => ({ path, message }));
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot apply the plan: ${
        issues.map(({ path, message }) => `${path}: ${message}`).join("; ")
      }`,
      { hint: "openclaw config validate", details: { issues } },
    );
  }
  const { refsChecked, skippedExecRefs } = await checkRefs(options, projected);
  const isConfigChanged = configText !== snapshot.raw;
  const changedFiles = [
    ...(isConfigChanged ? [snapshot.path] : []),
    ...files.map(({ path }) => path),
  ];
  if (!isDryRun) {
    if (isConfigChanged) {
      const baseHash = snapshot.exists ? snapshot.hash : undefined;
      const { clock } = options;
      await writeConfig({ paths, env, clock, baseHash, raw: configText, force: true });
    }
    for (const { path, text } of files) {
      await ensureDir(dirname(path));
      await writeFileAtomic(path, text, { mode: 0o600 });
    }
    await forgetVersions(join(paths.stateDir, "config-history"), [...migrated]);
  }
  const warnings = await leftovers(paths, migrated);
  return {
    mode: isDryRun ? "dry-run" : "write",
    changed: changedFiles.length > 0,
    changedFiles,
    checks: { resolvability: true, resolvabilityComplete: skippedExecRefs === 0 },
    refsChecked,
    skippedExecRefs,
    warningCount: warnings.length,
    warnings,
  };
}

function assertConsent({ plan, isDryRun, allowExec }: ApplyOptions): void {
  if (isDryRun || allowExec) return;
  const runsPrograms = plan.targets.some(({ ref }) => ref.source === "exec") ||
    Object.values(plan.providerUpserts).some(({ source }) => source === "exec");
  if (!runsPrograms) return;
  throw new AppError(
    "SECRETS_PLAN_INVALID",
    "Cannot apply the plan: it has exec references or providers, which run programs",
    { hint: "openclaw secrets apply --from <plan> --allow-exec" },
  );
}

/** @throws {AppError} `SECRET_UNRESOLVED` when a pointer of the plan leads nowhere. */
async function checkRefs(
  { plan, isDryRun, allowExec }: ApplyOptions,
  { config, env }: ConfigSnapshot,
): Promise<{ refsChecked: number; skippedExecRefs: number }> {
  const refs = plan.targets.map(({ segments, ref }) => ({ path: segments, input: ref }));
  const checked = refs.filter(({ input }) => input.source !== "exec" || allowExec || !isDryRun);
  const outcomes = await resolveRefs(checked, { config, env });
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.ok ? [] : [`${checked[index]!.path.join(".")}: ${outcome.error.message}`]
  );
  if (failures.length > 0) {
    throw new AppError("SECRET_UNRESOLVED", `Cannot apply the plan: ${failures.join("; ")}`, {
      hint: "openclaw secrets audit --check",
    });
  }
  return { refsChecked: checked.length, skippedExecRefs: refs.length - checked.length };
}

/** Copies of the configuration that other programs made and that still hold a moved secret. */
async function leftovers(
  { stateDir, configPath }: ConfigPaths,
  migrated: ReadonlySet<string>,
): Promise<{ path: string; message: string }[]> {
  if (migrated.size === 0) return [];
  const found: { path: string; message: string }[] = [];
  const repairs = await foldersIn(join(stateDir, "doctor"));
  for (const folder of new Set([stateDir, dirname(configPath), ...repairs])) {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      const path = join(folder, name);
      const isCopy = /\.json\.|\.bak|^\.env|^\d+\.copy$/.test(name);
      if (!isFile || path === configPath || !isCopy) continue;
      const text = await Deno.readTextFile(path);
      if (![...migrated].some((secret) => text.includes(secret))) continue;
      found.push({ path, message: "it still holds a secret that was moved: remove it" });
    }
  }
  return found;
}

/** The folders in a folder, such as those of the copies that repairs keep. */
async function foldersIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) found.push(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
