/**
 * `openclaw secrets audit`: credentials in files, and references that lead nowhere.
 *
 * @module
 */
import type { AuditReport, Severity } from "../../secrets/audit/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import { shownPath } from "../reports/shown_path.ts";
import type { CommandContext } from "../table.ts";

const EXIT_FINDINGS = 1;
const EXIT_UNRESOLVED = 2;

/** Shows what was found; with `--check` the exit code tells. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const { paths, snapshot } = await readConfigState(context, "stop");
  const { auditSecrets, SEVERITIES } = await import("../../secrets/audit/mod.ts");
  const report = await auditSecrets({ paths, snapshot, allowExec: options.flag("allow-exec") });
  if (options.flag("json")) out.json(report);
  else show(context, report, paths.home);
  if (!options.flag("check")) return 0;
  if (report.status === "unresolved") return EXIT_UNRESOLVED;
  const asked = options.text("severity-min")?.replace("warning", "warn") ?? "info";
  const counts = (severity: Severity) =>
    SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(asked as Severity);
  return report.findings.some(({ severity }) => counts(severity)) ? EXIT_FINDINGS : 0;
}

function show({ out, say }: CommandContext, report: AuditReport, home: string): void {
  const { status, summary, findings, resolution, filesScanned } = report;
  out.line(
    `Secrets audit: ${status}. plaintext=${summary.plaintextCount}, ` +
      `unresolved=${summary.unresolvedRefCount}, shadowed=${summary.shadowedRefCount}, ` +
      `legacy=${summary.legacyResidueCount}.`,
  );
  for (const { code, file, jsonPath, message } of findings) {
    out.line(`- [${code}] ${shownPath(file, home)}:${jsonPath} ${message}`);
  }
  if (resolution.skippedExecRefs > 0) {
    out.note(
      `${resolution.skippedExecRefs} exec reference(s) were not checked: ${
        say("secrets audit --allow-exec")
      }`,
    );
  }
  if (findings.length === 0) out.line(`${filesScanned.length} file(s) scanned.`);
  if (summary.plaintextCount > 0) out.line(`Next: ${say("secrets configure")}`);
}
