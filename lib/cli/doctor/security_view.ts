/**
 * The security audit, for people and for programs.
 *
 * @module
 */
import type { DoctorFacts } from "../../doctor/mod.ts";
import type { Level, SecurityFinding, SecurityReport } from "../../doctor/security/mod.ts";
import type { Tone } from "../output.ts";
import { profileFlag, withProfile } from "../profile_hint.ts";
import type { CommandContext } from "../table.ts";
import type { Mending } from "./mend.ts";

const GROUPS: readonly (readonly [level: Level, tone: Tone])[] = [
  ["critical", "bad"],
  ["warn", "warn"],
  ["info", "accent"],
];

/** The counts of an audit on one line. */
export function summaryLine({ summary }: Pick<SecurityReport, "summary">): string {
  return `${summary.critical} critical · ${summary.warn} warn · ${summary.info} info`;
}

/** The findings, worst first. */
export function showReport(context: CommandContext, report: SecurityReport): void {
  const { out, options, say } = context;
  out.line(out.paint("OpenClaw security audit", "strong"));
  out.line(`Summary: ${summaryLine(report)}`);
  if (!options.flag("deep")) out.line(`Run deeper: ${say("security audit --deep")}`);
  if (report.findings.some(({ repair }) => repair !== undefined)) {
    out.line(`Fix: ${say("security audit --fix")}`);
  }
  for (const [level, tone] of GROUPS) {
    const findings = report.findings.filter(({ severity }) => severity === level);
    if (findings.length === 0) continue;
    out.line();
    out.line(out.paint(level.toUpperCase(), tone));
    for (const finding of findings) showFinding(context, finding);
  }
}

function showFinding(context: CommandContext, finding: SecurityFinding): void {
  const { out } = context;
  const { checkId, title, detail, remediation } = shown(context, finding);
  out.line(`${checkId} ${title}`);
  for (const line of detail.split("\n")) out.line(`  ${line}`);
  if (remediation !== undefined) out.line(`  Fix: ${remediation}`);
}

/** The audit as existing tools read it. */
export function reportJson(context: CommandContext, { ts, summary, findings }: SecurityReport) {
  return { ts, summary, findings: findings.map((finding) => shown(context, finding)) };
}

/** What the running gateway said, where it was asked. */
export async function deepJson(facts: DoctorFacts): Promise<Record<string, unknown>> {
  if (!facts.wishes.isDeep) return {};
  const { url, isConnected, error, closeCode, closeReason } = await facts.gateway();
  return {
    deep: {
      gateway: {
        attempted: true,
        url,
        ok: isConnected,
        error: error ?? null,
        close: closeCode === undefined ? null : { code: closeCode, reason: closeReason ?? "" },
      },
    },
  };
}

/** What `--fix` did, as existing tools read it, and the id to take it back by. */
export function fixJson({ paths }: DoctorFacts, { plan, outcome, skipped }: Mending) {
  const steps = outcome?.steps ?? [];
  const stateOf = (title: string) => steps.find((step) => step.title === title)?.state;
  const isDone = ({ title }: { title: string }) => stateOf(title) === "done";
  const changes = plan.filter((step) => step.kind === "config" && isDone(step));
  return {
    ok: steps.every(({ state }) => state !== "failed"),
    stateDir: paths.stateDir,
    configPath: paths.configPath,
    configWritten: changes.length > 0,
    changes: changes.map(({ title }) => title),
    actions: plan.flatMap((step) =>
      step.kind !== "mode" ? [] : [{
        kind: "chmod",
        path: step.path,
        mode: step.mode,
        ok: isDone(step),
        ...(stateOf(step.title) === undefined ? { skipped: "not confirmed" } : {}),
      }]
    ),
    errors: steps.flatMap(({ error }) => error === undefined ? [] : [error]),
    skipped: skipped.map(({ title }) => title),
    id: outcome?.id ?? null,
  };
}

function shown({ root, env }: CommandContext, finding: SecurityFinding) {
  const { checkId, severity, title, detail, remediation } = finding;
  return {
    checkId,
    severity,
    title,
    detail,
    ...(remediation === undefined
      ? {}
      : { remediation: withProfile(remediation, profileFlag(root, env)) }),
  };
}
