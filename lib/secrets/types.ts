/**
 * What the parts of this room hand to each other.
 *
 * @module
 */
import type { AppError, Env } from "../base/mod.ts";
import type { OpenClawConfig, Path, SecretInput } from "../config/mod.ts";

/** The kinds of place that keep secrets. */
export const SECRET_SOURCES = ["env", "file", "exec"] as const;

/** One of {@linkcode SECRET_SOURCES}. */
export type SecretSource = typeof SECRET_SOURCES[number];

/** A pointer with nothing left open. */
export interface ResolvedRef {
  readonly source: SecretSource;
  readonly provider: string;
  readonly id: string;
}

/** A field that points to a secret. */
export interface RefAtPath {
  readonly path: Path;
  readonly input: SecretInput;
}

/** What a pointer leads to. */
export type SecretOutcome =
  | { readonly ok: true; readonly value: string }
  /** `SECRET_UNRESOLVED`; never has the secret, or what a provider printed besides it, in it. */
  | { readonly ok: false; readonly error: AppError };

/** Where the providers look. */
export interface ResolveContext {
  readonly config: OpenClawConfig;
  readonly env: Env;
}

/** One entry of `secrets.providers`. */
export type ProviderSettings = NonNullable<
  NonNullable<OpenClawConfig["secrets"]>["providers"]
>[string];

/** Answers for ids of one provider; ids that it says nothing about are missing ones. */
export type ProviderAnswers = ReadonlyMap<string, SecretOutcome>;
