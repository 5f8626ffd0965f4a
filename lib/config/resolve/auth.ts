/**
 * How clients of the gateway authenticate.
 *
 * @module
 */
import { AppError, type Env } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";
import { isSecretReference, resolveSecretInput } from "./secret_input.ts";

/** The ways to authenticate. */
export const AUTH_MODES = ["none", "token", "password", "trusted-proxy"] as const;

/** One of {@linkcode AUTH_MODES}. */
export type AuthMode = typeof AUTH_MODES[number];

/** Where a part of the authentication came from. */
export type AuthSource = "flag" | "config" | "env" | "generated" | "default";

/** Identity given by a proxy. */
export interface TrustedProxyAuth {
  readonly userHeader: string;
  readonly requiredHeaders: readonly string[];
  readonly allowUsers: readonly string[];
  readonly allowLoopback: boolean;
  /** Addresses or networks of the proxies. */
  readonly trustedProxies: readonly string[];
}

/** The authentication in force. */
export interface ResolvedAuth {
  readonly mode: AuthMode;
  /** Present in mode `token`. */
  readonly token?: string;
  /** Present in mode `password`; in mode `trusted-proxy` it is for programs on this machine. */
  readonly password?: string;
  /** Present in mode `trusted-proxy`. */
  readonly trustedProxy?: TrustedProxyAuth;
  /** Whether Tailscale's identity is enough for the Control UI. */
  readonly allowTailscale: boolean;
  /** Whether the token was made up for this run and is written nowhere in the configuration. */
  readonly generated: boolean;
  readonly sources: {
    readonly mode: AuthSource;
    readonly token?: AuthSource;
    readonly password?: AuthSource;
  };
}

/** What decides the authentication. */
export interface AuthOptions {
  readonly flags?: {
    readonly auth?: string | undefined;
    readonly token?: string | undefined;
    readonly password?: string | undefined;
  };
  readonly env: Env;
  readonly config: OpenClawConfig;
  /** The configuration before substitution, which tells a written token from a reference to one. */
  readonly parsed?: unknown;
  /** Makes a token when mode `token` has none. */
  readonly newToken: () => string;
}

interface Secret {
  readonly value: string;
  readonly source: AuthSource;
}

type SecretName = "token" | "password";

const PLACEHOLDERS = new Set([
  "change-me-now",
  "change-me-to-a-long-random-token",
  "change-me-to-a-strong-password",
]);

/**
 * Decides how clients authenticate.
 *
 * A secret comes from the flag, then from the configuration, then from the environment; but one that
 * the configuration only points to gives way to the environment. The mode comes from the flag, then
 * from the configuration; else a password means `password`, and everything else `token`.
 *
 * @throws {AppError} `AUTH_MODE_INVALID`, `AUTH_CONFLICT`, `AUTH_PASSWORD_MISSING`,
 * `AUTH_PROXY_INCOMPLETE`, `AUTH_PLACEHOLDER` or `SECRET_UNRESOLVED`
 */
export function resolveAuth(options: AuthOptions): ResolvedAuth {
  const { mode, source } = resolveMode(options);
  const allowTailscale = resolveAllowTailscale(options.config, mode);
  const base = { mode, allowTailscale, generated: false };
  switch (mode) {
    case "none":
      return { ...base, sources: { mode: source } };
    case "trusted-proxy": {
      const trustedProxy = proxyAuth(options);
      const password = findSecret("password", options);
      return {
        ...base,
        trustedProxy,
        ...(password === undefined ? {} : { password: password.value }),
        sources: {
          mode: source,
          ...(password === undefined ? {} : { password: password.source }),
        },
      };
    }
    case "password": {
      const password = findSecret("password", options);
      if (!password) throw missingPassword();
      return {
        ...base,
        password: password.value,
        sources: { mode: source, password: password.source },
      };
    }
    case "token": {
      const token = findSecret("token", options) ?? generate(options);
      return {
        ...base,
        token: token.value,
        generated: token.source === "generated",
        sources: { mode: source, token: token.source },
      };
    }
  }
}

/** Whether somebody chose a credential, which a made-up token is not. */
export function hasChosenCredential(options: Omit<AuthOptions, "newToken">): boolean {
  try {
    const { mode, generated } = resolveAuth({ ...options, newToken: () => "" });
    return mode !== "none" && !generated;
  } catch {
    // What is wrong with the settings is told by the start; they open nothing.
    return false;
  }
}

function resolveMode(options: AuthOptions): { mode: AuthMode; source: AuthSource } {
  const flag = options.flags?.auth?.trim();
  if (flag !== undefined) {
    const mode = AUTH_MODES.find((candidate) => candidate === flag);
    if (!mode) throw invalidMode(flag);
    return { mode, source: "flag" };
  }
  const auth = options.config.gateway?.auth;
  if (auth?.mode) return { mode: auth.mode, source: "config" };
  if (isSet(auth?.token) && isSet(auth?.password)) throw ambiguousMode();
  return { mode: hasSecret("password", options) ? "password" : "token", source: "default" };
}

function isSet(value: unknown): boolean {
  return typeof value === "string" ? value.trim() !== "" : value !== undefined;
}

function hasSecret(name: SecretName, { flags, config, env }: AuthOptions): boolean {
  return isSet(flags?.[name] ?? "") || isSet(config.gateway?.auth?.[name]) ||
    isSet(env.get(VARIABLES[name]) ?? "");
}

const VARIABLES: Readonly<Record<SecretName, string>> = {
  token: "OPENCLAW_GATEWAY_TOKEN",
  password: "OPENCLAW_GATEWAY_PASSWORD",
};

function findSecret(name: SecretName, options: AuthOptions): Secret | undefined {
  const { flags, config, env } = options;
  const flag = flags?.[name]?.trim();
  if (flag) return accepted(name, { value: flag, source: "flag" });
  const variable = env.get(VARIABLES[name])?.trim();
  const fromEnv: Secret | undefined = variable ? { value: variable, source: "env" } : undefined;
  if (fromEnv && isReferenced(name, options)) return accepted(name, fromEnv);
  const path = `gateway.auth.${name}`;
  const configured = resolveSecretInput(config.gateway?.auth?.[name], { env, config, path });
  if (configured) return accepted(name, { value: configured, source: "config" });
  return fromEnv && accepted(name, fromEnv);
}

/** Whether the configuration points to the secret instead of holding it. */
function isReferenced(name: SecretName, { config, parsed }: AuthOptions): boolean {
  const written = (parsed as OpenClawConfig | undefined)?.gateway?.auth?.[name];
  return isSecretReference(config.gateway?.auth?.[name]) || isSecretReference(written);
}

function accepted(name: SecretName, secret: Secret): Secret {
  if (!PLACEHOLDERS.has(secret.value.toLowerCase())) return secret;
  throw new AppError(
    "AUTH_PLACEHOLDER",
    `Cannot use the gateway ${name}: it is a placeholder from the documentation`,
    { hint: `openclaw config set gateway.auth.${name} "$(openssl rand -hex 24)"` },
  );
}

function generate({ newToken }: AuthOptions): Secret {
  return { value: newToken(), source: "generated" };
}

function proxyAuth(options: AuthOptions): TrustedProxyAuth {
  const { gateway } = options.config;
  if (hasSecret("token", options)) {
    throw new AppError(
      "AUTH_CONFLICT",
      'Cannot use auth mode "trusted-proxy": a gateway token is set as well',
      { hint: "openclaw config unset gateway.auth.token, and unset OPENCLAW_GATEWAY_TOKEN" },
    );
  }
  const trustedProxies = gateway?.trustedProxies ?? [];
  const proxy = gateway?.auth?.trustedProxy;
  if (!proxy || proxy.userHeader.trim() === "" || trustedProxies.length === 0) {
    const missing = trustedProxies.length === 0
      ? "gateway.trustedProxies"
      : "gateway.auth.trustedProxy.userHeader";
    throw new AppError(
      "AUTH_PROXY_INCOMPLETE",
      `Cannot use auth mode "trusted-proxy": ${missing} is not set`,
      { hint: `openclaw config set ${missing} <value>` },
    );
  }
  return {
    userHeader: proxy.userHeader.trim(),
    requiredHeaders: proxy.requiredHeaders ?? [],
    allowUsers: proxy.allowUsers ?? [],
    allowLoopback: proxy.allowLoopback ?? false,
    trustedProxies,
  };
}

/** Whether Tailscale's word counts for the Control UI: `gateway.auth.allowTailscale`. */
export function resolveAllowTailscale({ gateway }: OpenClawConfig, mode: AuthMode): boolean {
  const byDefault = gateway?.tailscale?.mode === "serve" && mode !== "password" &&
    mode !== "trusted-proxy";
  return gateway?.auth?.allowTailscale ?? byDefault;
}

function invalidMode(mode: string): AppError {
  return new AppError(
    "AUTH_MODE_INVALID",
    `Invalid --auth "${mode}". Use "none", "token", "password", or "trusted-proxy".`,
    { hint: "openclaw gateway run --auth token" },
  );
}

function ambiguousMode(): AppError {
  return new AppError(
    "AUTH_CONFLICT",
    "Cannot choose an auth mode: gateway.auth.token and gateway.auth.password are both set and " +
      "gateway.auth.mode is not",
    { hint: "openclaw config set gateway.auth.mode token" },
  );
}

function missingPassword(): AppError {
  return new AppError(
    "AUTH_PASSWORD_MISSING",
    'Cannot use auth mode "password": no password is set',
    { hint: "openclaw config set gateway.auth.password <password>" },
  );
}
