/**
 * What an audit of secrets answers, as programs read it.
 *
 * @module
 */

/** What is wrong with a credential. */
export type AuditCode =
  | "PLAINTEXT_FOUND"
  | "REF_UNRESOLVED"
  | "REF_SHADOWED"
  | "LEGACY_RESIDUE";

/** How bad a finding is, mildest first. */
export const SEVERITIES = ["info", "warn", "error"] as const;

/** One of {@linkcode SEVERITIES}. */
export type Severity = typeof SEVERITIES[number];

/** One credential that should be looked at. */
export interface AuditFinding {
  readonly code: AuditCode;
  readonly severity: Severity;
  readonly file: string;
  readonly jsonPath: string;
  /** Never the credential. */
  readonly message: string;
  readonly provider?: string;
}

/** The answer of an audit. */
export interface AuditReport {
  readonly version: 1;
  readonly status: "clean" | "findings" | "unresolved";
  readonly resolution: {
    readonly refsChecked: number;
    readonly skippedExecRefs: number;
    readonly resolvabilityComplete: boolean;
  };
  readonly filesScanned: readonly string[];
  readonly summary: {
    readonly plaintextCount: number;
    readonly unresolvedRefCount: number;
    readonly shadowedRefCount: number;
    readonly legacyResidueCount: number;
  };
  readonly findings: readonly AuditFinding[];
}
