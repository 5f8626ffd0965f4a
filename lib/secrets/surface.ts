/**
 * Which pointers of a configuration matter to a gateway that runs with it.
 *
 * @module
 */
import type { Env, JsonObject } from "../base/mod.ts";
import { findSecretReferences, formatPath, type SecretReference } from "../config/mod.ts";

/** What is worth a line in the log, with a code to look for. */
export interface SecretWarning {
  readonly code:
    | "SECRETS_REF_IGNORED_INACTIVE_SURFACE"
    | "SECRETS_GATEWAY_AUTH_SURFACE"
    | "SECRETS_WRONG_KIND";
  readonly path: string;
  readonly message: string;
}

/** What goes before the configuration. */
export interface SurfaceOptions {
  readonly env: Env;
  /** Whether the command line has the token or the password. */
  readonly flags?: { readonly token?: boolean; readonly password?: boolean } | undefined;
}

/** The pointers of a configuration, apart by whether anything uses them. */
export interface Surfaces {
  readonly active: readonly SecretReference[];
  readonly inactive: readonly SecretReference[];
  readonly warnings: readonly SecretWarning[];
}

const GATEWAY_VARIABLES: Readonly<Record<string, readonly [flag: "token" | "password", string]>> = {
  "gateway.auth.token": ["token", "OPENCLAW_GATEWAY_TOKEN"],
  "gateway.auth.password": ["password", "OPENCLAW_GATEWAY_PASSWORD"],
};

/** Tells the pointers that have to lead somewhere from those that need not. */
export function findSurfaces(parsed: JsonObject, options: SurfaceOptions): Surfaces {
  const active: SecretReference[] = [];
  const inactive: SecretReference[] = [];
  const warnings: SecretWarning[] = [];
  for (const reference of findSecretReferences(parsed)) {
    const path = formatPath(reference.path);
    const shadow = shadowOf(path, options);
    if (reference.isActive && shadow === undefined) {
      active.push(reference);
      continue;
    }
    inactive.push(reference);
    const why = reference.isActive ? `${shadow} is used instead` : "nothing that is on uses it";
    const code = path.startsWith("gateway.auth.")
      ? "SECRETS_GATEWAY_AUTH_SURFACE"
      : "SECRETS_REF_IGNORED_INACTIVE_SURFACE";
    warnings.push({ code, path, message: `the reference is not looked up: ${why}` });
  }
  return { active, inactive, warnings };
}

/** What is used instead of a reference to the gateway's credential. */
function shadowOf(path: string, { env, flags }: SurfaceOptions): string | undefined {
  const names = GATEWAY_VARIABLES[path];
  if (names === undefined) return undefined;
  const [flag, variable] = names;
  if (flags?.[flag]) return `--${flag}`;
  return env.get(variable)?.trim() ? variable : undefined;
}
