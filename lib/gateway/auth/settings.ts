/**
 * What the configuration says about who may connect, read at each use so that a change is in force at
 * once.
 *
 * @module
 */
import { AppError, errorMessage, type Logger } from "../../base/mod.ts";
import { type AuthMode, type ConfigSnapshot, resolveAuth } from "../../config/mod.ts";
import { AUTH_LOCKOUT_MAX_MS } from "../../protocol/mod.ts";
import { isLoopback } from "../address.ts";
import { type AttemptLimits, DEFAULT_ATTEMPT_LIMITS, type SharedSecret } from "../authenticator.ts";
import type { OriginPolicy } from "../origin.ts";
import type { DevicePolicy } from "./missing_device.ts";
import type { GatewayConfig } from "./peer.ts";

/** Where a gateway can be reached. */
export interface BoundTo {
  readonly hosts: readonly string[];
  readonly port: number;
}

/** What the command line says about the credential; it goes before the configuration. */
export interface CredentialFlags {
  readonly token?: string | undefined;
  readonly password?: string | undefined;
}

/** `gateway.auth.rateLimit`. */
export function attemptLimits(gateway: GatewayConfig): AttemptLimits {
  const { limits, exemptsLoopback } = DEFAULT_ATTEMPT_LIMITS;
  const configured = gateway?.auth?.rateLimit;
  if (configured === undefined) return DEFAULT_ATTEMPT_LIMITS;
  const lockMs = configured.lockoutMs ?? limits.lockMs;
  return {
    limits: {
      ...limits,
      maxFailures: configured.maxAttempts ?? limits.maxFailures,
      windowMs: configured.windowMs ?? limits.windowMs,
      lockMs,
      maxLockMs: Math.max(lockMs, AUTH_LOCKOUT_MAX_MS),
    },
    exemptsLoopback: configured.exemptLoopback ?? exemptsLoopback,
  };
}

/**
 * `gateway.controlUi`, as far as it is about origins. Where other machines can connect, the gateway's
 * own names on this one are allowed unless others are configured.
 */
export function originPolicy(
  gateway: GatewayConfig,
  { hosts, port }: BoundTo,
  mode: AuthMode,
): OriginPolicy {
  const { allowedOrigins = [], dangerouslyAllowHostHeaderOriginFallback: allowsHostFallback } =
    gateway?.controlUi ?? {};
  const isSeeded = allowedOrigins.length === 0 && !hosts.every(isLoopback);
  return {
    allowedOrigins: isSeeded
      ? ownOrigins(hosts, port, gateway?.tls?.enabled ? "https" : "http")
      : allowedOrigins,
    allowsHostFallback: allowsHostFallback ?? false,
    hearsLocalPages: mode === "token" || mode === "password",
  };
}

function ownOrigins(
  hosts: readonly string[],
  port: number,
  scheme: "http" | "https",
): string[] {
  const named = hosts.filter((host) => !isLoopback(host) && !["0.0.0.0", "::"].includes(host));
  return ["localhost", "127.0.0.1", ...named].map((host) =>
    `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`
  );
}

/** `gateway.controlUi`, as far as it is about devices. */
export function devicePolicy(gateway: GatewayConfig): DevicePolicy {
  return {
    allowsInsecureAuth: gateway?.controlUi?.allowInsecureAuth ?? false,
    ignoresDevices: gateway?.controlUi?.dangerouslyDisableDeviceAuth ?? false,
  };
}

/**
 * The credential that a configuration puts in force while a gateway runs; its mode stays that of the
 * start.
 *
 * @returns `undefined` when the one in force stays: the configuration has none, or one that cannot be
 * used, which is logged.
 */
export function liveSecret(
  { config, env, parsed }: Pick<ConfigSnapshot, "config" | "env" | "parsed">,
  mode: AuthMode,
  flags: CredentialFlags,
  log: Logger,
): SharedSecret | undefined {
  try {
    const options = { flags: { ...flags, auth: mode }, env, config, parsed, newToken: () => "" };
    const auth = resolveAuth(options);
    return auth.generated ? undefined : secretOf(auth);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.error(`the credential in force stays: ${errorMessage(error)}`);
    return undefined;
  }
}

/**
 * A resolved authentication as the gateway checks it.
 *
 * @throws {AppError} `AUTH_REQUIRED_FOR_BIND` when the mode's credential is absent.
 */
export function secretOf(auth: ReturnType<typeof resolveAuth>): SharedSecret {
  const { mode, token, password, trustedProxy } = auth;
  if (mode === "none") return { mode };
  if (mode === "trusted-proxy" && trustedProxy) {
    return { mode, proxy: trustedProxy, ...(password ? { secret: password } : {}) };
  }
  const secret = mode === "token" ? token : password;
  if (secret) return { mode, secret };
  throw new AppError("AUTH_REQUIRED_FOR_BIND", `No ${mode} is set for gateway.auth.mode=${mode}`, {
    hint: `openclaw config set gateway.auth.${mode} <value>`,
  });
}
