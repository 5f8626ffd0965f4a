/**
 * Runs all checks side by side.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";
import { CHECKS } from "./checks/mod.ts";
import { type Check, type DoctorFacts, type Finding, SEVERITIES, type Severity } from "./types.ts";

/** What one check came to. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  /** The worst of its findings; `ok` when it has none. */
  readonly status: Severity;
  readonly findings: readonly Finding[];
}

/** What all checks came to. */
export interface Examination {
  readonly checks: readonly CheckResult[];
  readonly summary: Readonly<Record<Severity, number>>;
}

/** Runs the checks; one that fails itself is a finding and does not keep the others from theirs. */
export async function examine(
  facts: DoctorFacts,
  checks: readonly Check[] = CHECKS,
): Promise<Examination> {
  const results = await Promise.all(checks.map((check) => runCheck(check, facts)));
  const summary = { ok: 0, info: 0, warn: 0, error: 0 };
  for (const { findings, status } of results) {
    if (status === "ok") summary.ok++;
    for (const { severity } of findings) summary[severity]++;
  }
  return { checks: results, summary };
}

async function runCheck({ id, title, run }: Check, facts: DoctorFacts): Promise<CheckResult> {
  const findings = await Promise.resolve().then(() => run(facts)).catch((error) => [
    failed(id, error),
  ]);
  const worst = Math.max(0, ...findings.map(({ severity }) => SEVERITIES.indexOf(severity)));
  return { id, title, status: SEVERITIES[worst]!, findings };
}

function failed(id: string, error: unknown): Finding {
  const hint = error instanceof AppError ? error.hint : undefined;
  return {
    id: `${id}.failed`,
    severity: "warn",
    message: `This could not be checked: ${errorMessage(error)}`,
    ...(hint === undefined ? {} : { fix: hint }),
  };
}
