/**
 * From findings to changes: the plan is shown, somebody agrees, and what may be done is done.
 *
 * @module
 */
import type { DoctorFacts, RepairOutcome, RepairStep } from "../../doctor/mod.ts";
import type { CommandContext } from "../table.ts";

/** What became of a plan. */
export interface Mending {
  readonly plan: readonly RepairStep[];
  /** Absent when nothing was done. */
  readonly outcome?: RepairOutcome;
  /** Steps that wait for somebody's word. */
  readonly skipped: readonly RepairStep[];
}

/**
 * Shows the plan and carries out what may be carried out.
 *
 * At a terminal the plan is asked about; elsewhere only safe steps are done, unless `--yes` is given.
 *
 * @param command For the record, such as `doctor --fix`.
 */
export async function mend(
  context: CommandContext,
  facts: DoctorFacts,
  steps: readonly RepairStep[],
  command: string,
): Promise<Mending> {
  const { applyRepairs, orderSteps } = await import("../../doctor/mod.ts");
  const plan = orderSteps(steps);
  const chosen = choose(context, plan);
  const skipped = plan.filter((step) => !chosen.includes(step));
  if (chosen.length === 0) return { plan, skipped };
  const { paths, env, clock, snapshot, uid } = facts;
  const outcome = await applyRepairs({ paths, env, clock, snapshot, uid, command }, chosen);
  return { plan, outcome, skipped };
}

function choose(
  { options, host, out }: CommandContext,
  plan: readonly RepairStep[],
): readonly RepairStep[] {
  if (plan.length === 0) return [];
  const isQuiet = options.flag("non-interactive");
  const safe = plan.filter(({ isSafe }) => isSafe);
  if (!options.flag("json")) showPlan(out, plan);
  if (options.flag("yes") && !isQuiet) return plan;
  if (isQuiet || options.flag("json") || host.ask === undefined) return safe;
  const question = `Apply ${
    plan.length === 1 ? "this change" : `these ${plan.length} changes`
  }? [y/N]`;
  return /^y(?:es)?$/i.test(host.ask(question)?.trim() ?? "") ? plan : [];
}

function showPlan(out: CommandContext["out"], plan: readonly RepairStep[]): void {
  out.heading("Plan");
  for (const [index, { title }] of plan.entries()) out.line(`  ${index + 1}. ${title}`);
  out.line();
}

/** Says what was done, what was not, and how to take it back. */
export function showMending(
  { out, say }: CommandContext,
  { plan, outcome, skipped }: Mending,
  command: string,
): void {
  if (plan.length === 0) return out.line("Nothing can be repaired by this command.");
  out.heading("Repairs");
  for (const { title, state, error } of outcome?.steps ?? []) {
    if (state === "done") out.line(`  ${out.paint("✓", "good")} ${title}`);
    else out.line(`  ${out.paint("✗", "bad")} ${title}: ${error ?? "it was not done"}`);
  }
  for (const line of outcome?.lines ?? []) out.line(`    ${line}`);
  for (const { title } of skipped) out.line(`  ${out.paint("-", "dim")} skipped: ${title}`);
  if (skipped.length > 0) out.line(`Apply what was skipped: ${say(`${command} --yes`)}`);
  if (outcome === undefined) return;
  out.line(`Copies: ${outcome.folder}`);
  out.line(`Undo: ${say(`doctor --undo ${outcome.id}`)}`);
}

/** The same for programs. */
export function mendingJson({ plan, outcome, skipped }: Mending) {
  return {
    plan: plan.map(({ title, kind, isSafe }) => ({ title, kind, safe: isSafe })),
    id: outcome?.id ?? null,
    copies: outcome?.folder ?? null,
    steps: outcome?.steps ?? [],
    skipped: skipped.map(({ title }) => title),
  };
}

/** Whether a step was tried and failed. */
export function hasFailed({ outcome }: Mending): boolean {
  return outcome?.steps.some(({ state }) => state === "failed") ?? false;
}
