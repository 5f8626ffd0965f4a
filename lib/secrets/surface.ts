/**
 * Which pointers of a configuration matter to a gateway that runs with it.
 *
 * @module
 */
import type { Env, JsonObject } from "../base/mod.ts";
import {
  type ConfigSnapshot,
  findSecretReferences,
  formatPath,
  type SecretReference,
} from "../config/mod.ts";

/** What is worth a line in the log, with a code to look for. */
export interface SecretWarning {
  readonly code:
    | "SECRETS_REF_IGNORED_INACTIVE_SURFACE"
    | "SECRETS_GATEWAY_AUTH_SURFACE"
    | "SECRETS_PROFILE_UNRESOLVED"
    | "SECRETS_WRONG_KIND";
  readonly path: string;
  readonly message: string;
}

/** What the command line says about the gateway's credential; it goes before the configuration. */
export interface SurfaceFlags {
  /** The way to authenticate, where it is given. */
  readonly mode?: string | undefined;
  /** Whether there is a token. */
  readonly token?: boolean;
  /** Whether there is a password. */
  readonly password?: boolean;
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

/** A configuration, as far as its pointers are concerned. */
export type PointingConfig = Pick<ConfigSnapshot, "parsed" | "config" | "env" | "resolved">;

/** Tells the pointers that have to lead somewhere from those that need not. */
export function findSurfaces(snapshot: PointingConfig, flags: SurfaceFlags = {}): Surfaces {
  const active: SecretReference[] = [];
  const inactive: SecretReference[] = [];
  const warnings: SecretWarning[] = [];
  for (const reference of pointersOf(snapshot)) {
    const path = formatPath(reference.path);
    const shadow = shadowOf(path, snapshot.env, flags);
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

/** Those of the file as it is written, and those that came from elsewhere. */
function pointersOf({ parsed, config, resolved }: PointingConfig): SecretReference[] {
  const written = findSecretReferences(parsed);
  const known = new Set(written.map(({ path }) => formatPath(path)));
  const merged = findSecretReferences((resolved?.pointers ?? config) as JsonObject);
  return [...written, ...merged.filter(({ path }) => !known.has(formatPath(path)))];
}

/** What is used instead of a reference to the gateway's credential. */
function shadowOf(path: string, env: Env, flags: SurfaceFlags): string | undefined {
  const names = GATEWAY_VARIABLES[path];
  if (names === undefined) return undefined;
  const [flag, variable] = names;
  if (flags[flag]) return `--${flag}`;
  if (flags.mode !== undefined && flags.mode !== flag) return `--auth ${flags.mode}`;
  return env.get(variable)?.trim() ? variable : undefined;
}
