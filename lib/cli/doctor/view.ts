/**
 * What doctor has found, for people and for programs.
 *
 * @module
 */
import { redactShapes } from "../../base/mod.ts";
import type { Examination, Finding } from "../../doctor/mod.ts";
import type { Tone } from "../output.ts";
import { profileFlag, withProfile } from "../profile_hint.ts";
import type { CommandContext } from "../table.ts";

const MARKS: Readonly<Record<Finding["severity"], readonly [mark: string, tone: Tone]>> = {
  ok: ["✓", "good"],
  info: ["i", "accent"],
  warn: ["!", "warn"],
  error: ["✗", "bad"],
};

/** One heading for each check that has something to say, and one line for the others. */
export function showExamination(context: CommandContext, { checks, summary }: Examination): void {
  const { out } = context;
  for (const { title, findings } of checks) {
    if (findings.length === 0) continue;
    out.heading(title);
    for (const finding of findings) showFinding(context, finding);
  }
  const quiet = checks.filter(({ findings }) => findings.length === 0).map(({ title }) => title);
  if (quiet.length > 0) {
    out.line();
    out.line(`${out.paint("✓", "good")} ${quiet.join(", ")}`);
  }
  out.line();
  out.line(
    `${summary.error} error(s), ${summary.warn} warning(s), ${summary.info} note(s), ` +
      `${summary.ok} of ${checks.length} checks without a word.`,
  );
}

function showFinding(context: CommandContext, finding: Finding): void {
  const { out } = context;
  const { severity, message, detail = [], fix } = shownFinding(context, finding);
  const [mark, tone] = MARKS[severity];
  out.line(`  ${out.paint(mark, tone)} ${message}`);
  for (const line of detail) out.line(`      ${line}`);
  if (fix !== undefined) out.line(`      Fix: ${fix}`);
}

/** The examination as JSON. */
export function examinationJson(context: CommandContext, { checks, summary }: Examination) {
  return {
    version: 1,
    ts: context.clock.now(),
    summary,
    checks: checks.map(({ id, title, status }) => ({ id, title, status })),
    findings: checks.flatMap((check) =>
      check.findings.map((finding) => ({ checkId: check.id, ...shownFinding(context, finding) }))
    ),
  };
}

/** A finding without what only this program uses, and with the profile in its commands. */
function shownFinding({ root, env }: CommandContext, finding: Finding) {
  const { id, severity, message, detail, fix, repair } = finding;
  const flag = profileFlag(root, env);
  return {
    id,
    severity,
    message: redactShapes(message),
    ...(detail === undefined ? {} : { detail: detail.map(redactShapes) }),
    ...(fix === undefined ? {} : { fix: withProfile(fix, flag) }),
    repairable: repair !== undefined,
  };
}
