/**
 * Which gateway a command means: flags, environment, config, this machine.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { lookUpGatewaySecrets } from "./gateway_secrets.ts";
import type { ConfigState } from "./config_state.ts";
import type { OpenClawConfig, SshWay } from "../../config/mod.ts";
import type { CommandContext } from "../table.ts";

/** A gateway to talk to. */
export interface Target {
  readonly url: string;
  /** Where the address came from, such as `local loopback`. */
  readonly source: string;
  readonly token?: string;
  readonly password?: string;
  /** Whether it is the gateway of this machine and this config. */
  readonly isLocal: boolean;
  /** Whether it is on another machine, where the shared secret alone does not make the owner. */
  readonly needsDevice: boolean;
  readonly configPath: string;
  /** The bind mode that the config names, of the local gateway only. */
  readonly bind?: string;
  /** SHA-256 of the certificate that the gateway must show. */
  readonly tlsFingerprint?: string;
  /** The way through SSH; the address is the one on that machine then. */
  readonly ssh?: SshWay;
  /** What could not be used; only with `lenient`. */
  readonly warnings: readonly string[];
}

/**
 * The gateway that the options of a command, the environment and the config lead to.
 *
 * @param lenient Tells about an unusable remote address or secret instead of failing.
 * @param localPort Port of this machine's gateway, where something knows better than the config.
 */
export async function resolveTarget(
  context: CommandContext,
  state: ConfigState,
  { lenient = false, localPort }: { lenient?: boolean; localPort?: number } = {},
): Promise<Target> {
  const { options } = context;
  const { isLoopbackHost, resolveGatewayPort, resolveGatewayTarget } = await import(
    "../../config/mod.ts"
  );
  const { env, path } = state.snapshot;
  const { config, failures } = await lookUpGatewaySecrets(state.snapshot);
  const flag = options.number("port") ?? localPort;
  const { port } = resolveGatewayPort({ flag, env, config });
  const isKnown = await hasStoredToken(context, state);
  const found = explaining(failures, () =>
    resolveGatewayTarget({
      env,
      config,
      urlFlag: options.text("url"),
      tokenFlag: options.text("token"),
      passwordFlag: options.text("password"),
      fingerprintFlag: options.text("tls-fingerprint"),
      hasStoredToken: isKnown,
      port,
      lenient,
    }));
  const { url, source, isLocal, password, warnings } = found;
  const token = found.token ??
    (isLocal && password === undefined ? await generatedToken(state) : undefined);
  const bind: unknown = config.gateway?.bind;
  const tlsFingerprint = found.tlsFingerprint ??
    (isLocal ? await ownFingerprint(config, state) : undefined);
  return {
    url,
    source,
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
    isLocal,
    needsDevice: found.ssh === undefined && !isLoopbackUrl(url, isLoopbackHost),
    ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
    ...(found.ssh === undefined ? {} : { ssh: found.ssh }),
    configPath: path,
    ...(isLocal && typeof bind === "string" ? { bind } : {}),
    warnings,
  };
}

/** The fingerprint of this machine's gateway, whose certificate file is at hand. */
export async function ownFingerprint(
  { gateway }: OpenClawConfig,
  { paths }: ConfigState,
): Promise<string | undefined> {
  if (!gateway?.tls?.enabled) return undefined;
  const { localFingerprint } = await import("../../tls/mod.ts");
  return await localFingerprint(gateway.tls, paths.stateDir);
}

/** Puts the reason why a credential was not found in place of the mere fact. */
function explaining<T>(failures: readonly AppError[], act: () => T): T {
  try {
    return act();
  } catch (error) {
    const isUnresolved = error instanceof AppError && error.code === "SECRET_UNRESOLVED";
    throw isUnresolved ? failures[0] ?? error : error;
  }
}

/** Whether a gateway is the one that the configuration names, which the other clients use as well. */
export function isConfiguredRemote({ source }: Target): boolean {
  return source === "config gateway.remote.url";
}

/** Whether the gateway of `--url` has given this machine a token, which is then credential enough. */
async function hasStoredToken(
  { options }: CommandContext,
  { paths: { stateDir } }: ConfigState,
): Promise<boolean> {
  const url = options.text("url")?.trim();
  if (!url || options.has("token") || options.has("password")) return false;
  const { loadIdentity, readGatewayToken } = await import("../../devices/client.ts");
  const deviceId = (await loadIdentity(stateDir))?.deviceId;
  if (deviceId === undefined) return false;
  const place = { stateDir, deviceId, url, isShared: false };
  return await readGatewayToken(place, "operator") !== undefined;
}

/** Whether an address is of this machine; an SSH tunnel to another one counts. */
export function isLoopbackUrl(url: string, isLoopbackHost: (host: string) => boolean): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

/** The token that a gateway without a configured one made for itself. */
async function generatedToken({ paths }: ConfigState): Promise<string | undefined> {
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  try {
    const text = await readTextFileIfExists(join(paths.stateDir, "runtime", "gateway-token"));
    return text?.trim() || undefined;
  } catch {
    // Not readable for this user: the gateway's refusal will say what is missing.
    return undefined;
  }
}
