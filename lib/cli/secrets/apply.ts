/**
 * `openclaw secrets apply`: carries out a plan.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { ApplyResult, SecretsPlan } from "../../secrets/plan/mod.ts";
import { type ConfigState, readConfigState } from "../remote/config_state.ts";
import { shownPath } from "../reports/shown_path.ts";
import type { CommandContext } from "../table.ts";

/** Applies the plan of a file and says what changed. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const path = options.text("from");
  if (!path) {
    throw new AppError("USAGE", "Missing --from", {
      hint: "openclaw secrets apply --from <plan.json> --dry-run",
    });
  }
  const { readPlan } = await import("../../secrets/plan/mod.ts");
  const plan = await readPlan(path);
  const state = await readConfigState(context, "stop");
  const result = await carryOut(context, plan, state, options.flag("dry-run"));
  if (options.flag("json")) out.json(result);
  else showResult(context, result, state.paths.home);
  return 0;
}

/** Applies a plan to the files of this profile. */
export async function carryOut(
  context: CommandContext,
  plan: SecretsPlan,
  { paths, snapshot }: ConfigState,
  isDryRun: boolean,
): Promise<ApplyResult> {
  const { applyPlan } = await import("../../secrets/plan/mod.ts");
  const { env, clock } = context;
  const allowExec = context.options.flag("allow-exec");
  return await applyPlan({ plan, snapshot, paths, env, clock, isDryRun, allowExec });
}

/** Says what changed, or would. */
export function showResult({ out, say }: CommandContext, result: ApplyResult, home: string): void {
  const { mode, changedFiles, warnings, skippedExecRefs } = result;
  const isDryRun = mode === "dry-run";
  if (changedFiles.length === 0) out.line("Secrets apply: no changes.");
  else if (isDryRun) {
    out.line(`Secrets apply dry run: ${changedFiles.length} file(s) would change.`);
  } else out.line(`Secrets applied. Updated ${changedFiles.length} file(s).`);
  for (const path of changedFiles) out.line(`- ${shownPath(path, home)}`);
  if (skippedExecRefs > 0) {
    out.note(`${skippedExecRefs} exec reference(s) were not checked: add --allow-exec`);
  }
  for (const { path, message } of warnings) out.note(`! ${shownPath(path, home)}: ${message}`);
  if (!isDryRun && changedFiles.length > 0) out.line(`Next: ${say("secrets reload")}`);
}
