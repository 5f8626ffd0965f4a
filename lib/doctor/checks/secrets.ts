/**
 * Credentials: pointers that lead nowhere, and how many stand in files as they are.
 *
 * @module
 */
import type { AuditFinding } from "../../secrets/audit/mod.ts";
import type { Check, Finding } from "../types.ts";

const ID = "doctor:secrets";

/** A short form of `openclaw secrets audit`; runs no programs. */
export const secrets: Check = {
  id: ID,
  title: "Secrets",
  async run({ snapshot, paths }) {
    if (!snapshot.exists) return [];
    const { auditSecrets } = await import("../../secrets/audit/mod.ts");
    const { findings, summary } = await auditSecrets({ snapshot, paths, allowExec: false });
    const dangling = findings.filter(({ code }) => code === "REF_UNRESOLVED").map(unresolved);
    return [...dangling, ...plain(summary.plaintextCount), ...rest(findings)];
  },
};

function unresolved({ jsonPath, message }: AuditFinding): Finding {
  return {
    id: `${ID}.unresolved`,
    severity: "error",
    message: `${jsonPath}: ${message}`,
    fix: "openclaw secrets audit",
  };
}

function plain(count: number): Finding[] {
  if (count === 0) return [];
  return [{
    id: `${ID}.plaintext`,
    severity: "info",
    message: `${count} credential${count === 1 ? " stands" : "s stand"} in files as plain text`,
    fix: "openclaw secrets configure",
  }];
}

function rest(findings: readonly AuditFinding[]): Finding[] {
  const count =
    findings.filter(({ code }) => code === "REF_SHADOWED" || code === "LEGACY_RESIDUE").length;
  if (count === 0) return [];
  return [{
    id: `${ID}.residue`,
    severity: "info",
    message: `${count} credential${count === 1 ? " is" : "s are"} overruled or left from before`,
    fix: "openclaw secrets audit",
  }];
}
