/**
 * What the security audit answers, in the shape that existing tools read.
 *
 * @module
 */
import type { OpenClawConfig } from "../../config/mod.ts";
import type { RepairStep } from "../repair/steps.ts";
import type { DoctorFacts } from "../types.ts";

/** How bad a finding is, worst first. */
export const LEVELS = ["critical", "warn", "info"] as const;

/** One of {@linkcode LEVELS}. */
export type Level = typeof LEVELS[number];

/** Something that makes an attack easier. */
export interface SecurityFinding {
  /** Stable, such as `gateway.token_too_short`. */
  readonly checkId: string;
  readonly severity: Level;
  readonly title: string;
  /** Never a secret. */
  readonly detail: string;
  /** What to do, or the command that does it. */
  readonly remediation?: string;
  /** What `security audit --fix` does about it. */
  readonly repair?: readonly RepairStep[];
}

/** The answer of an audit. */
export interface SecurityReport {
  /** Milliseconds since the epoch. */
  readonly ts: number;
  readonly summary: Readonly<Record<Level, number>>;
  readonly findings: readonly SecurityFinding[];
}

/** What the checks of the config look at; nothing on disk. */
export interface ConfigFacts {
  readonly config: OpenClawConfig;
  /** The config as it is written, which tells a secret from a pointer to one. */
  readonly parsed: unknown;
  readonly env: DoctorFacts["env"];
  readonly isContainer: boolean;
}
