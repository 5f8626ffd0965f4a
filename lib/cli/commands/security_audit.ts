/**
 * `openclaw security audit`: what makes an attack easier, and with `--fix` tighter modes and safe
 * defaults.
 *
 * @module
 */
import type { DoctorFacts } from "../../doctor/mod.ts";
import type { SecurityReport } from "../../doctor/security/mod.ts";
import { gatherFacts } from "../doctor/facts.ts";
import { hasFailed, mend, type Mending, showMending } from "../doctor/mend.ts";
import { deepJson, fixJson, reportJson, showReport } from "../doctor/security_view.ts";
import type { CommandContext } from "../table.ts";

const COMMAND = "security audit --fix";

/** Looks, and tightens when asked to. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const { facts, report } = await look(context);
  if (!options.flag("fix")) {
    if (options.flag("json")) {
      out.json({ ...reportJson(context, report), ...await deepJson(facts), secretDiagnostics: [] });
    } else {
      showReport(context, report);
    }
    return exitCode(context, report);
  }
  const steps = report.findings.flatMap(({ repair = [] }) => repair);
  const mending = await mend(context, facts, steps, COMMAND);
  const after = await look(context);
  await showFixed(context, after.facts, mending, after.report);
  return hasFailed(mending) ? 1 : exitCode(context, after.report);
}

async function showFixed(
  context: CommandContext,
  facts: DoctorFacts,
  mending: Mending,
  report: SecurityReport,
): Promise<void> {
  if (!context.options.flag("json")) {
    showMending(context, mending, COMMAND);
    context.out.line();
    showReport(context, report);
    return;
  }
  context.out.json({
    fix: fixJson(facts, mending),
    report: { ...reportJson(context, report), ...await deepJson(facts) },
    secretDiagnostics: [],
  });
}

async function look(context: CommandContext) {
  const isDeep = context.options.flag("deep");
  const facts = await gatherFacts(context, { isDeep, generateToken: false, isForced: false });
  const { auditSecurity } = await import("../../doctor/security/mod.ts");
  return { facts, report: await auditSecurity(facts) };
}

function exitCode({ options }: CommandContext, { summary }: SecurityReport): number {
  return options.flag("check") && summary.critical > 0 ? 1 : 0;
}
