/**
 * Decides how a gateway starts, before anything is opened.
 *
 * @module
 */
import { AppError, type Clock, RedactionSet, VERSION } from "../base/mod.ts";
import {
  assertNotOlder,
  assertStartAllowed,
  assertUsable,
  type ConfigPaths,
  type ConfigSnapshot,
  isNewer,
  loadConfig,
  loadLastGood,
  resolveAuth,
  resolveBind,
  type ResolvedAuth,
  type ResolvedBind,
  type ResolvedTailscale,
  resolveGatewayPort,
  resolvePaths,
  resolveTailscale,
} from "../config/mod.ts";
import {
  hostName,
  isContainer,
  ownAddresses,
  readTextFileIfExists,
  tailnetAddress,
} from "../platform/mod.ts";
import {
  assertResolved,
  resolveRuntime,
  type SecretWarning,
  type SurfaceFlags,
} from "../secrets/mod.ts";
import type { ServerTls } from "../tls/mod.ts";
import type { CredentialFlags } from "./auth/settings.ts";
import { ensureDevConfig, setDevStateAside } from "./dev_state.ts";
import type { GatewayRunOptions } from "./options.ts";
import { type ConfigRejection, rejectionOf } from "./reload/rejection.ts";
import { ensureGeneratedToken } from "./token_file.ts";

/** Everything that is decided before anything is opened. */
export interface StartPlan {
  clock: Clock;
  options: GatewayRunOptions;
  paths: ConfigPaths;
  config: ConfigSnapshot;
  /** The file that is invalid, when `config` is the last accepted one in its stead. */
  rejected?: ConfigRejection | undefined;
  port: number;
  bind: ResolvedBind;
  auth: ResolvedAuth;
  tailscale: ResolvedTailscale;
  /** The certificate of a gateway that speaks TLS. */
  tls?: ServerTls | undefined;
  flags: CredentialFlags;
  /** The newer version that wrote the configuration last, where there is one. */
  newerWriter?: string | undefined;
  /** What was noticed about the secrets that the configuration points to. */
  secretWarnings: readonly SecretWarning[];
  /** What must not be written to the log. */
  secrets: RedactionSet;
}

/**
 * Decides how to start; reads, and writes no more than a generated token or what `--dev` asks for.
 *
 * @throws {AppError} Whatever stands against a start; the code decides the exit status.
 */
export async function planStart(options: GatewayRunOptions, clock: Clock): Promise<StartPlan> {
  const paths = resolvePaths(options.env, { profile: options.profile });
  if (options.reset) await setDevStateAside(paths, clock);
  if (options.dev) await ensureDevConfig(paths);
  const { loaded, rejected } = await loadAccepted(options, paths, clock);
  const password = options.password ?? await readPasswordFile(options.passwordFile);
  const flags = { token: options.token, password };
  const { snapshot: config, problems, warnings } = await resolveRuntime(loaded, {
    flags: presentFlags(options, flags),
    paths,
  });
  assertResolved(problems, "Startup failed");
  // Somebody in the foreground sees what happens; a service would go on for years.
  if (config.env.get("OPENCLAW_SERVICE_MARKER")) {
    assertNotOlder(config.config, options.env, "start the gateway");
  }
  const { port, bind, auth, tailscale } = decideStart(config, options, flags);
  const token = auth.generated ? await ensureGeneratedToken(paths.stateDir) : auth.token;
  return {
    clock,
    options,
    paths,
    config,
    rejected,
    newerWriter: newerWriterOf(config, options),
    port,
    bind,
    auth: { ...auth, ...(token ? { token } : {}) },
    tailscale,
    tls: await planTls(config, paths, clock),
    flags,
    secretWarnings: warnings,
    secrets: new RedactionSet(),
  };
}

/** The certificate, made at the first start with TLS. */
async function planTls(
  { config }: ConfigSnapshot,
  { stateDir }: ConfigPaths,
  clock: Clock,
): Promise<ServerTls | undefined> {
  const settings = config.gateway?.tls;
  if (!settings?.enabled) return undefined;
  const { ensureServerTls } = await import("../tls/mod.ts");
  const names = ["localhost", "127.0.0.1", "::1", hostName(), ...ownAddresses()];
  return await ensureServerTls({ settings, stateDir, clock, names: [...new Set(names)] });
}

/** The configuration file or, where that is invalid, the last one that was accepted. */
async function loadAccepted(
  { env, strictConfig }: GatewayRunOptions,
  paths: ConfigPaths,
  clock: Clock,
): Promise<{ loaded: ConfigSnapshot; rejected?: ConfigRejection | undefined }> {
  const config = await loadConfig({ env, paths });
  if (config.valid) return { loaded: config };
  const accepted = strictConfig ? undefined : await loadLastGood({ env, paths });
  if (accepted === undefined) assertUsable(config);
  return { loaded: accepted ?? config, rejected: rejectionOf(config, config, clock) };
}

/**
 * Decides where to listen and whom to let in.
 *
 * @throws {AppError} Whatever of the configuration stands against a start.
 */
export function decideStart(
  config: ConfigSnapshot,
  options: GatewayRunOptions,
  flags: CredentialFlags,
): Pick<StartPlan, "port" | "bind" | "auth" | "tailscale"> {
  const { env } = config;
  const { port } = resolveGatewayPort({
    flag: options.port,
    env,
    config: config.config,
  });
  const auth = resolveAuth({
    flags: { ...flags, auth: options.auth },
    env,
    config: config.config,
    parsed: config.parsed,
    newToken: () => "",
  });
  const tailscale = resolveTailscale(
    { mode: options.tailscale, resetOnExit: options.tailscaleResetOnExit },
    config.config,
  );
  // Opening up by itself, as a container does, takes a credential that somebody chose.
  const hasCredential = auth.mode !== "none" && !auth.generated;
  const bind = resolveBind({
    flag: options.bind,
    config: config.config,
    isContainer: isContainer(env),
    hasCredential,
    hasTailscale: tailscale.mode !== "off",
    tailnetIp: tailnetAddress(),
  });
  assertStartAllowed({
    snapshot: config,
    bind,
    auth: auth.generated ? withoutToken(auth) : auth,
    tailscaleMode: tailscale.mode,
    allowUnconfigured: options.allowUnconfigured,
  });
  return { port, bind, auth, tailscale };
}

/**
 * The newer version that wrote the configuration last.
 *
 * @throws {AppError} `CONFIG_TOO_NEW` when the start would end other processes.
 */
function newerWriterOf(
  { config }: ConfigSnapshot,
  { force, env }: GatewayRunOptions,
): string | undefined {
  const written = config.meta?.lastTouchedVersion;
  if (written === undefined || written === VERSION) return undefined;
  if (!isNewer(written, VERSION)) return undefined;
  if (force) assertNotOlder(config, env, "free the port", { exitCode: 1 });
  return written;
}

/** What the command line says about the credential, without the credential. */
export function presentFlags(
  { auth }: GatewayRunOptions,
  { token, password }: CredentialFlags,
): SurfaceFlags {
  return {
    mode: auth?.trim(),
    token: Boolean(token?.trim()),
    password: Boolean(password?.trim()),
  };
}

/** A token that would be made up is no credential to open a non-loopback bind with. */
function withoutToken({ token: _token, ...auth }: ResolvedAuth): ResolvedAuth {
  return auth;
}

async function readPasswordFile(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const password = (await readTextFileIfExists(path))?.split(/\r?\n/, 1)[0]
    ?.trim();
  if (password) return password;
  throw new AppError(
    "PASSWORD_FILE_EMPTY",
    `Cannot read a password from "${path}"`,
    {
      hint: `Write the password on the first line of the file, or use OPENCLAW_GATEWAY_PASSWORD`,
    },
  );
}
