/**
 * The shapes of results and event payloads about configuration, secrets and the setup wizard, as types only.
 *
 * @module
 */
import type { RejectedConfig, RestartSentinel, RestartTicket } from "./system.ts";

/** A place in the configuration and what is to say about it. */
export interface ConfigIssue {
  path: string;
  message: string;
}

/** The result of `config.get`; secrets are replaced. */
export interface ConfigGetResult {
  path: string;
  exists: boolean;
  /** `null` if it held a secret. */
  raw: string | null;
  parsed: unknown;
  sourceConfig: unknown;
  resolved: unknown;
  valid: boolean;
  runtimeConfig: unknown;
  config: unknown;
  /** 64 hexadecimal digits. */
  hash: string;
  issues: ConfigIssue[];
  warnings: ConfigIssue[];
  legacyIssues: ConfigIssue[];
  /** The file that is not in force, while an accepted one is. */
  rejected?: RejectedConfig;
}

/** The result of `config.set`. */
export interface ConfigSetResult {
  ok: boolean;
  path: string;
  config: unknown;
}

/** The result of `config.patch` and `config.apply`. */
export interface ConfigWriteResult extends ConfigSetResult {
  /** The patch changed nothing, so nothing was written. */
  noop?: boolean;
  restart?: RestartTicket | null;
  sentinel?: RestartSentinel;
}

/** The result of `config.schema`. */
export interface ConfigSchemaResult {
  /** JSON Schema. */
  schema: Record<string, unknown>;
  /** By path. */
  uiHints: Record<string, Record<string, unknown>>;
  version: string;
  generatedAt: string;
}

/** The result of `config.schema.lookup`. */
export interface ConfigSchemaLookupResult {
  path: string;
  schema: Record<string, unknown>;
  hint?: Record<string, unknown>;
  hintPath?: string;
  children: {
    key: string;
    path: string;
    type?: string | string[];
    required: boolean;
    hasChildren: boolean;
    hint?: Record<string, unknown>;
    hintPath?: string;
  }[];
}

/** The result of `config.openFile`. */
export interface ConfigOpenFileResult {
  ok: boolean;
  path: string;
  error?: string;
}

/** The result of `secrets.reload`. */
export interface SecretsReloadResult {
  ok: boolean;
  warningCount: number;
}

/** The result of `secrets.resolve`. */
export interface SecretsResolveResult {
  ok: boolean;
  assignments: { path?: string; pathSegments: string[]; value: unknown }[];
  diagnostics: string[];
  inactiveRefPaths: string[];
}

/** One question of the wizard. */
export interface WizardStep {
  id: string;
  type: "note" | "select" | "text" | "confirm" | "multiselect" | "progress" | "action";
  title?: string;
  message?: string;
  options?: { value: unknown; label: string; hint?: string }[];
  initialValue?: unknown;
  placeholder?: string;
  sensitive?: boolean;
  executor?: string;
}

/** Where a wizard stands. */
export type WizardState = "running" | "done" | "cancelled" | "error";

/** The result of `wizard.next`. */
export interface WizardNextResult {
  done: boolean;
  step?: WizardStep;
  status?: WizardState;
  error?: string;
}

/** The result of `wizard.start`. */
export interface WizardStartResult extends WizardNextResult {
  sessionId: string;
}

/** The result of `wizard.cancel` and `wizard.status`. */
export interface WizardStatusResult {
  status: WizardState;
  error?: string;
}
