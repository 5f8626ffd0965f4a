/**
 * Which gateway a client on this machine talks to, and with which credentials.
 *
 * @module
 */
import { AppError, type Env, errorMessage } from "../base/mod.ts";

import { isIpv4, isLoopbackHost } from "./resolve/bind.ts";
import { DEFAULT_GATEWAY_PORT } from "./resolve/port.ts";
import { resolveSecretInput, type SecretInput } from "./resolve/secret_input.ts";
import type { OpenClawConfig } from "./types.ts";

/** Where an address came from, in the words that are shown. */
export type TargetSource =
  | "cli --url"
  | "env OPENCLAW_GATEWAY_URL"
  | "config gateway.remote.url"
  | "missing gateway.remote.url (fallback local)"
  | "local loopback";

/** A machine that is gone through by SSH. */
export interface SshWay {
  /** Such as `user@host`. */
  readonly target: string;
  /** Private key file; those that `ssh` knows unless given. */
  readonly identity?: string;
}

/** The gateway to talk to. */
export interface GatewayTarget {
  readonly url: string;
  readonly source: TargetSource;
  readonly token?: string;
  readonly password?: string;
  /** SHA-256 fingerprint that the remote certificate must have. */
  readonly tlsFingerprint?: string;
  /** The machine to go through, where the gateway is reached by SSH; `url` holds there then. */
  readonly ssh?: SshWay;
  /** Whether the gateway is one that this configuration runs. */
  readonly isLocal: boolean;
  /** What could not be used although it is configured. */
  readonly warnings: readonly string[];
}

/** What decides the target. */
export interface TargetOptions {
  readonly env: Env;
  readonly config: OpenClawConfig;
  readonly urlFlag?: string | undefined;
  readonly tokenFlag?: string | undefined;
  readonly passwordFlag?: string | undefined;
  readonly fingerprintFlag?: string | undefined;
  /** Whether the gateway of `urlFlag` has given this machine a device token. */
  readonly hasStoredToken?: boolean;
  /** Port of the gateway on this machine. */
  readonly port: number;
  /** Reports a missing remote address or an unresolved secret as a warning, for diagnosis. */
  readonly lenient?: boolean;
}

/** Where a gateway is on its own machine unless it was told otherwise. */
const DEFAULT_URL = `ws://127.0.0.1:${DEFAULT_GATEWAY_PORT}`;

type Credentials = Pick<GatewayTarget, "token" | "password">;

/**
 * Decides which gateway a client talks to: `--url`, `OPENCLAW_GATEWAY_URL`, `gateway.remote.url` in
 * mode remote, this machine.
 *
 * An address given by flag gets only credentials given by flag, one from the environment only those
 * of flags and environment, so that no stored secret goes to an address it was not meant for.
 *
 * @throws {AppError} `GATEWAY_URL_CREDENTIALS`, `GATEWAY_URL_INVALID`, `GATEWAY_URL_INSECURE`,
 * `GATEWAY_REMOTE_URL_MISSING` or `SECRET_UNRESOLVED`
 */
export function resolveGatewayTarget(options: TargetOptions): GatewayTarget {
  const { env, config } = options;
  const flags = clean({ token: options.tokenFlag, password: options.passwordFlag });
  const urlFlag = options.urlFlag?.trim();
  const pin = (url?: string) => pinOf(options, url);
  if (urlFlag) {
    if (!flags.token && !flags.password && !options.hasStoredToken) throw missingCredentials();
    return { ...remoteTarget(urlFlag, "cli --url", flags, env), ...pin(urlFlag) };
  }
  const variable = env.get("OPENCLAW_GATEWAY_URL")?.trim();
  if (variable) {
    const own = { ...envCredentials(env), ...flags };
    return { ...remoteTarget(variable, "env OPENCLAW_GATEWAY_URL", own, env), ...pin(variable) };
  }
  const warnings: string[] = [];
  const credentials = { ...configuredCredentials(options, flags, warnings), ...flags };
  const remote = config.gateway?.remote;
  const isRemote = config.gateway?.mode === "remote";
  const ssh = sshWay(config);
  const remoteUrl = remote?.url?.trim() || (ssh ? DEFAULT_URL : undefined);
  if (isRemote && remoteUrl) {
    const source = "config gateway.remote.url";
    const target = remoteTarget(remoteUrl, source, credentials, env, ssh !== undefined);
    return { ...target, ...pin(remoteUrl), ...(ssh ? { ssh } : {}), warnings };
  }
  if (isRemote && !options.lenient) throw missingRemoteUrl();
  const scheme = config.gateway?.tls?.enabled ? "wss" : "ws";
  return {
    url: `${scheme}://127.0.0.1:${options.port}`,
    source: isRemote ? "missing gateway.remote.url (fallback local)" : "local loopback",
    ...credentials,
    ...pin(),
    isLocal: true,
    warnings: isRemote ? [...warnings, missingRemoteUrl().message] : warnings,
  };
}

function remoteTarget(
  url: string,
  source: TargetSource,
  credentials: Credentials,
  env: Env,
  isTunnelled = false,
): GatewayTarget {
  return {
    url: checkedUrl(url, env, isTunnelled),
    source,
    ...credentials,
    isLocal: false,
    warnings: [],
  };
}

/** The certificate to insist on: by flag, else the configured one where it is the same gateway. */
function pinOf(
  { config, fingerprintFlag }: TargetOptions,
  url: string | undefined,
): Pick<GatewayTarget, "tlsFingerprint"> {
  const flag = fingerprintFlag?.trim();
  if (flag) return { tlsFingerprint: flag };
  const { url: known, tlsFingerprint } = config.gateway?.remote ?? {};
  const isSame = url !== undefined && (sameAddress(url, known) || known?.trim() === undefined);
  return isSame && tlsFingerprint?.trim() ? { tlsFingerprint: tlsFingerprint.trim() } : {};
}

function sameAddress(url: string, known: string | undefined): boolean {
  const [a, b] = [URL.parse(url), URL.parse(known?.trim() ?? "")];
  return a !== null && b !== null && a.protocol === b.protocol && a.host === b.host;
}

/** Whether the configuration leads through SSH: it says so and names the machine. */
function sshWay({ gateway }: OpenClawConfig): SshWay | undefined {
  const { transport, sshTarget, sshIdentity } = gateway?.remote ?? {};
  const target = sshTarget?.trim();
  if (transport !== "ssh" || !target) return undefined;
  return { target, ...(sshIdentity?.trim() ? { identity: sshIdentity.trim() } : {}) };
}

function checkedUrl(text: string, env: Env, isTunnelled: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["ws:", "wss:"].includes(url.protocol)) {
    throw new AppError(
      "GATEWAY_URL_INVALID",
      `Cannot use gateway URL "${shown(text)}": expected ws://host:port or wss://host:port`,
      { hint: "openclaw gateway probe --url wss://gateway.example:18789 --token <token>" },
    );
  }
  if (url.protocol === "ws:" && !isTunnelled && !isPlaintextAllowed(url.hostname, env)) {
    throw new AppError(
      "GATEWAY_URL_INSECURE",
      // deno-lint-ignore openclaw/error-message -- wording that tools look for
      `SECURITY ERROR: Gateway URL "${
        shown(text)
      }" uses plaintext ws:// to a non-loopback address.`,
      { hint: "Use wss://, or a tunnel: ssh -N -L 18789:127.0.0.1:18789 user@host" },
    );
  }
  return text;
}

/** An address without what may be a secret in it. */
function shown(text: string): string {
  return text.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/s, "");
}

function isPlaintextAllowed(host: string, env: Env): boolean {
  if (isLoopbackHost(host)) return true;
  const isForced = ["1", "true"].includes(env.get("OPENCLAW_ALLOW_INSECURE_PRIVATE_WS") ?? "");
  return isForced && isPrivateHost(host);
}

/** Whether an address is one of a private network, by its notation alone. */
function isPrivateHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (!isIpv4(name)) return /^f[cd][0-9a-f]{2}:/.test(name) || /^fe[89ab][0-9a-f]:/.test(name);
  const [a = 0, b = 0] = name.split(".").map(Number);
  return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168) ||
    (a === 169 && b === 254) || (a === 100 && b >= 64 && b <= 127);
}

function envCredentials(env: Env): Credentials {
  return clean({
    token: env.get("OPENCLAW_GATEWAY_TOKEN"),
    password: env.get("OPENCLAW_GATEWAY_PASSWORD"),
  });
}

function clean(values: { token?: string | undefined; password?: string | undefined }): Credentials {
  const token = values.token?.trim();
  const password = values.password?.trim();
  return { ...(token ? { token } : {}), ...(password ? { password } : {}) };
}

/** One place a credential may come from; asked only when the ones before it have none. */
type Candidate = () => string | undefined;

function configuredCredentials(
  options: TargetOptions,
  flags: Credentials,
  warnings: string[],
): Credentials {
  const { env, config } = options;
  const { auth, remote, mode } = config.gateway ?? {};
  const own = envCredentials(env);
  const at = (path: string, input: unknown): Candidate => () =>
    resolveSecretInput(input as SecretInput | undefined, { env, config, path });
  const order = mode === "remote"
    ? {
      token: [
        at("gateway.remote.token", remote?.token),
        () => own.token,
        at("gateway.auth.token", auth?.token),
      ],
      password: [
        () => own.password,
        at("gateway.remote.password", remote?.password),
        at("gateway.auth.password", auth?.password),
      ],
    }
    : {
      token: [
        () => own.token,
        at("gateway.auth.token", auth?.token),
        at("gateway.remote.token", remote?.token),
      ],
      password: [
        () => own.password,
        at("gateway.auth.password", auth?.password),
        at("gateway.remote.password", remote?.password),
      ],
    };
  const failures: unknown[] = [];
  const found = clean({
    token: flags.token ?? firstOf(order.token, failures),
    password: flags.password ?? firstOf(order.password, failures),
  });
  // One credential is enough: a secret that the gateway does not ask for may well have no value.
  if (failures.length > 0 && !found.token && !found.password && !options.lenient) throw failures[0];
  warnings.push(...failures.map(errorMessage));
  return found;
}

function firstOf(candidates: readonly Candidate[], failures: unknown[]): string | undefined {
  for (const candidate of candidates) {
    try {
      const value = candidate();
      if (value) return value;
    } catch (error) {
      // The next candidate may do; the caller reports this one when none does.
      failures.push(error);
    }
  }
  return undefined;
}

function missingCredentials(): AppError {
  return new AppError(
    "GATEWAY_URL_CREDENTIALS",
    "gateway url override requires explicit credentials",
    { hint: "Add --token <token> or --password <password>" },
  );
}

function missingRemoteUrl(): AppError {
  return new AppError(
    "GATEWAY_REMOTE_URL_MISSING",
    "gateway remote mode misconfigured: gateway.remote.url missing",
    { hint: "openclaw config set gateway.remote.url wss://gateway.example:18789" },
  );
}
