/**
 * Secrets as they may be written in the configuration: the text, `${NAME}`, or a pointer.
 *
 * @module
 */
import { AppError, type Env, isObject } from "../../base/mod.ts";
import { referencedVariable } from "../substitute.ts";
import type { OpenClawConfig } from "../types.ts";

/** A pointer to a secret that is kept elsewhere. */
export interface SecretRef {
  readonly source: "env" | "file" | "exec";
  readonly provider?: string | undefined;
  readonly id: string;
}

/** What a secret field may hold. */
export type SecretInput = string | SecretRef;

/** Where a secret is looked up. */
export interface SecretContext {
  readonly env: Env;
  readonly config: OpenClawConfig;
  /** Path of the field, for messages. */
  readonly path: string;
}

/** Whether a secret field holds a pointer, written as an object or as `${NAME}`. */
export function isSecretReference(input: SecretInput | undefined): boolean {
  return typeof input === "string" ? referencedVariable(input) !== undefined : isObject(input);
}

/**
 * The text of a secret.
 *
 * @returns `undefined` when the field is absent or blank.
 * Files and programs are asked by `lib/secrets`, which puts their secrets into the configuration first.
 *
 * @throws {AppError} `SECRET_UNRESOLVED` when a variable has no value, and for a pointer to a file or a
 * program that is still there.
 */
export function resolveSecretInput(
  input: SecretInput | undefined,
  context: SecretContext,
): string | undefined {
  if (typeof input === "string") {
    const name = referencedVariable(input);
    return name === undefined ? input.trim() || undefined : fromEnvironment(name, context);
  }
  if (!isObject(input)) return undefined;
  if (input.source === "env") {
    assertAllowed(input, context);
    return fromEnvironment(input.id, context);
  }
  throw new AppError(
    "SECRET_UNRESOLVED",
    `${context.path} SecretRef is unresolved in this command path`,
    { hint: "openclaw secrets audit --check" },
  );
}

function fromEnvironment(name: string, { env, path }: SecretContext): string {
  const value = env.get(name)?.trim();
  if (value) return value;
  throw unresolved(
    path,
    `Environment variable "${name}" is missing or empty`,
    `Set ${name} where the gateway is started, or: openclaw config set ${path} <value>`,
  );
}

function assertAllowed(ref: SecretRef, { config, path }: SecretContext): void {
  const provider = ref.provider ?? config.secrets?.defaults?.env ?? "default";
  const allowlist = config.secrets?.providers?.[provider]?.allowlist;
  if (!allowlist || allowlist.includes(ref.id)) return;
  throw unresolved(
    path,
    `variable "${ref.id}" is not in secrets.providers.${provider}.allowlist`,
    `openclaw config get secrets.providers.${provider}.allowlist`,
  );
}

function unresolved(path: string, why: string, hint: string): AppError {
  return new AppError("SECRET_UNRESOLVED", `Cannot resolve secret "${path}": ${why}`, { hint });
}
