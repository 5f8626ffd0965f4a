/**
 * Profiles, and where the state, the configuration and the workspace of a profile are.
 *
 * @module
 */
import { join, resolve } from "@std/path";
import { AppError, type Env, layerEnv } from "../base/mod.ts";
import { homeDir } from "../platform/mod.ts";
import type { ConfigPaths } from "./types.ts";

const PROFILE = /^[a-z0-9][a-z0-9_-]{0,63}$/i;
const DEV_PROFILE = "dev";
const DEV_PORT = "19001";
/** What a service's definition says of its own gateway, and says to all that is run inside of it. */
const SERVICE_VARIABLES: readonly string[] = [
  "OPENCLAW_STATE_DIR",
  "OPENCLAW_CONFIG_PATH",
  "OPENCLAW_GATEWAY_PORT",
  "OPENCLAW_WRAPPER",
  "OPENCLAW_LAUNCHD_LABEL",
  "OPENCLAW_SYSTEMD_UNIT",
  "OPENCLAW_WINDOWS_TASK_NAME",
  "OPENCLAW_SERVICE_MARKER",
  "OPENCLAW_SERVICE_KIND",
  "OPENCLAW_SERVICE_VERSION",
];

/** What the root flags and the environment say about the profile. */
export interface ProfileOptions {
  readonly env: Env;
  /** Value of `--profile`. */
  readonly profileFlag?: string;
  /** Whether the root flag `--dev` was given. */
  readonly devFlag?: boolean;
}

/** The profile in force. */
export interface ResolvedProfile {
  /** Absent for the default profile. */
  readonly profile: string | undefined;
  /** The environment with the profile's own variables, where they were not set. */
  readonly env: Env;
}

/**
 * Decides which profile is in force: flag, then `OPENCLAW_PROFILE`, then the default one.
 *
 * Inside a service, a flag that names another profile is about another gateway: what the service's
 * definition says of its own one does not count then.
 *
 * @throws {AppError} `PROFILE_INVALID`
 */
export function resolveProfile(options: ProfileOptions): ResolvedProfile {
  const { env, profileFlag, devFlag = false } = options;
  if (devFlag && profileFlag !== undefined) {
    throw new AppError("PROFILE_INVALID", "Cannot combine --dev with --profile", {
      hint: "Use one of them; --dev is the profile dev on port 19001",
    });
  }
  const flag = devFlag ? DEV_PROFILE : profileFlag;
  const profile = checkedProfile(flag ?? (env.get("OPENCLAW_PROFILE")?.trim() || undefined));
  const own: Record<string, string> = {};
  if (flag !== undefined) {
    own.OPENCLAW_PROFILE = profile ?? "default";
    if (isInServiceOfAnother(env, profile)) {
      for (const name of SERVICE_VARIABLES) own[name] = "";
    }
  }
  const port = (own.OPENCLAW_GATEWAY_PORT ?? env.get("OPENCLAW_GATEWAY_PORT"))?.trim();
  if (devFlag && !port) own.OPENCLAW_GATEWAY_PORT = DEV_PORT;
  return { profile, env: Object.keys(own).length === 0 ? env : layerEnv(own, env) };
}

/** Whether this process was started by a service, or below one, whose gateway has another profile. */
function isInServiceOfAnother(env: Env, profile: string | undefined): boolean {
  if (!env.get("OPENCLAW_SERVICE_MARKER")) return false;
  const own = env.get("OPENCLAW_PROFILE")?.trim().toLowerCase() || "default";
  return own !== (profile?.toLowerCase() ?? "default");
}

/** A profile's name as its paths use it; `undefined` for the default profile. */
function checkedProfile(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (!PROFILE.test(name)) {
    throw new AppError(
      "PROFILE_INVALID",
      `Cannot use profile "${name}": a name has 1 to 64 letters, digits, "_" or "-" and starts ` +
        "with a letter or digit",
      { hint: "openclaw --profile ops gateway status" },
    );
  }
  return name.toLowerCase() === "default" ? undefined : name;
}

/** What a test or a service definition may replace. */
export interface PathOptions {
  /** Name from {@linkcode resolveProfile}; the one in `OPENCLAW_PROFILE` when the key is absent. */
  readonly profile?: string | undefined;
  /** Whether a path exists; looks at the disk unless given. */
  readonly exists?: (path: string) => boolean;
}

/**
 * Where a profile keeps its things.
 *
 * @throws {AppError} `PROFILE_INVALID`
 */
export function resolvePaths(env: Env, options: PathOptions = {}): ConfigPaths {
  const exists = options.exists ?? existsOnDisk;
  const profile = "profile" in options
    ? checkedProfile(options.profile)
    : resolveProfile({ env }).profile;
  const home = homeDir(env);
  const stateDir = resolveStateDir(env, home, profile, exists);
  const suffix = profile === undefined ? "" : `-${profile}`;
  return {
    ...(profile === undefined ? {} : { profile }),
    home,
    stateDir,
    configPath: resolveConfigPath(env, home, stateDir, exists),
    workspaceDir: join(home, ".openclaw", `workspace${suffix}`),
  };
}

function resolveStateDir(
  env: Env,
  home: string,
  profile: string | undefined,
  exists: (path: string) => boolean,
): string {
  const named = env.get("OPENCLAW_STATE_DIR")?.trim();
  if (named) return resolve(expandHome(named, home));
  const current = join(home, profile === undefined ? ".openclaw" : `.openclaw-${profile}`);
  if (profile !== undefined || exists(current)) return current;
  const legacy = join(home, ".clawdbot");
  return exists(legacy) ? legacy : current;
}

function resolveConfigPath(
  env: Env,
  home: string,
  stateDir: string,
  exists: (path: string) => boolean,
): string {
  const named = env.get("OPENCLAW_CONFIG_PATH")?.trim();
  if (named) return resolve(expandHome(named, home));
  const current = join(stateDir, "openclaw.json");
  if (exists(current)) return current;
  const legacy = join(stateDir, "clawdbot.json");
  return exists(legacy) ? legacy : current;
}

/** `path` with a leading `~` replaced by the home folder. */
export function expandHome(path: string, home: string): string {
  if (path === "~") return home;
  return /^~[\\/]/.test(path) ? join(home, path.slice(2)) : path;
}

function existsOnDisk(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    // A file that may not be looked at is still there; only a missing one makes way for another.
    return !(error instanceof Deno.errors.NotFound) &&
      !(error instanceof Deno.errors.NotADirectory);
  }
}
