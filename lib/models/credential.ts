/**
 * Which key a provider is called with.
 *
 * Takes text and environment references; other secret sources are resolved before they get here.
 *
 * @module
 */
import type { Env } from "../base/mod.ts";
import type { SecretSetting } from "./config.ts";

/** A credential, or why there is none. */
export type Credential =
  | { kind: "value"; value: string }
  | { kind: "none" }
  /** A reference that leads nowhere; `what` says it for a message. */
  | { kind: "unresolved"; what: string };

const SHORTHAND = /^\$\{([A-Z][A-Z0-9_]{0,127})\}$/;

/** Resolves one secret setting against the environment. */
export function resolveSecret(setting: SecretSetting | undefined, env: Env): Credential {
  if (setting === undefined || setting === "") return { kind: "none" };
  if (typeof setting === "string") {
    const variable = SHORTHAND.exec(setting)?.[1];
    return variable === undefined ? { kind: "value", value: setting } : fromVariable(variable, env);
  }
  if (setting.source === "env") return fromVariable(setting.id, env);
  return { kind: "unresolved", what: `secret "${setting.source}:${setting.id}" is not resolved` };
}

/** The first of `variables` that is set. */
export function credentialFromEnv(variables: readonly string[], env: Env): Credential {
  for (const variable of variables) {
    const value = env.get(variable)?.trim();
    if (value) return { kind: "value", value };
  }
  return { kind: "none" };
}

function fromVariable(variable: string, env: Env): Credential {
  const value = env.get(variable)?.trim();
  return value ? { kind: "value", value } : {
    kind: "unresolved",
    what: `environment variable "${variable}" is not set`,
  };
}
