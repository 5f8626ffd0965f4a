/**
 * Who can reach the gateway, and what they need to be let in.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import {
  hasChosenCredential,
  resolveAuth,
  resolveBind,
  type ResolvedAuth,
  type ResolvedBind,
} from "../../config/mod.ts";
import type { ConfigFacts, SecurityFinding } from "./types.ts";

const MIN_TOKEN_CHARS = 24;
const MIN_PASSWORD_CHARS = 12;
/** Networks with fewer fixed bits hold more machines than anybody knows. */
const MIN_PREFIX = { v4: 16, v6: 48 } as const;
const MANY_ATTEMPTS = 100;
const SHORT_LOCKOUT_MS = 10_000;

/** Bind, authentication, proxies, Tailscale, limits. */
export function exposureFindings(facts: ConfigFacts): SecurityFinding[] {
  const { gateway = {} } = facts.config;
  if (gateway.mode === "remote") return [];
  const bind = bindOf(facts);
  const auth = authOf(facts);
  return [
    ...authFindings(facts, bind, auth),
    ...secretFindings(auth),
    ...limitFindings(facts),
    ...proxyFindings(facts, bind, auth),
    ...tailscaleFindings(facts),
  ];
}

/** Where the gateway listens; `undefined` where the config does not say it well. */
function bindOf({ config, parsed, env, isContainer }: ConfigFacts): ResolvedBind | undefined {
  try {
    const hasCredential = hasChosenCredential({ config, parsed, env });
    return resolveBind({ config, isContainer, hasCredential });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function authOf({ config, parsed, env }: ConfigFacts): ResolvedAuth | undefined {
  try {
    return resolveAuth({ config, parsed, env, newToken: () => "" });
  } catch (error) {
    // What keeps the gateway from starting exposes nothing.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function authFindings(
  { config }: ConfigFacts,
  bind: ResolvedBind | undefined,
  auth: ResolvedAuth | undefined,
): SecurityFinding[] {
  const findings: SecurityFinding[] = [];
  const isOpen = auth?.mode === "none";
  if (isOpen && bind?.isLoopback !== false) {
    findings.push({
      checkId: "gateway.loopback_no_auth",
      severity: "critical",
      title: "Gateway auth missing on loopback",
      detail: "gateway.auth.mode is none: every program and every user of this machine may use " +
        "the gateway, and everybody whom a proxy in front of it lets through.",
      remediation: "openclaw config set gateway.auth.mode token",
    });
  }
  if (isOpen && bind?.isLoopback === false) {
    findings.push({
      checkId: "gateway.bind_no_auth",
      severity: "critical",
      title: "Gateway binds beyond loopback without auth",
      detail: `gateway.bind is ${bind.mode} and gateway.auth.mode is none. ` +
        "The gateway refuses to start like this.",
      remediation: "openclaw config set gateway.auth.mode token",
    });
  }
  if (bind?.isLoopback === false && config.gateway?.tls?.enabled !== true) {
    findings.push({
      checkId: "gateway.bind_plaintext",
      // A container binds like this by itself; what is reachable is decided outside of it.
      severity: config.gateway?.bind === undefined ? "info" : "warn",
      title: "Gateway is reachable by others without TLS",
      detail: `gateway.bind is ${bind.mode} and gateway.tls.enabled is not true: tokens and ` +
        "messages can be read on the way.",
      remediation: "Use loopback with Tailscale Serve, an SSH tunnel or a TLS proxy: " +
        "openclaw config set gateway.bind loopback",
    });
  }
  return findings;
}

function secretFindings(auth: ResolvedAuth | undefined): SecurityFinding[] {
  const findings: SecurityFinding[] = [];
  const { token, password, generated } = auth ?? {};
  if (token !== undefined && generated !== true && token.length < MIN_TOKEN_CHARS) {
    findings.push({
      checkId: "gateway.token_too_short",
      severity: "warn",
      title: "Gateway token looks short",
      detail: `gateway auth token is ${token.length} chars; prefer a long random token.`,
      remediation: 'openclaw config set gateway.auth.token "$(openssl rand -hex 24)"',
    });
  }
  if (password !== undefined && password.length < MIN_PASSWORD_CHARS) {
    findings.push({
      checkId: "gateway.password_too_short",
      severity: "warn",
      title: "Gateway password looks short",
      detail: `gateway auth password is ${password.length} chars; prefer a long one.`,
      remediation: "openclaw config set gateway.auth.password <a long password>",
    });
  }
  return findings;
}

function limitFindings({ config }: ConfigFacts): SecurityFinding[] {
  const limit = config.gateway?.auth?.rateLimit;
  const isWeak = (limit?.maxAttempts ?? 0) > MANY_ATTEMPTS ||
    (limit?.lockoutMs ?? Infinity) < SHORT_LOCKOUT_MS;
  if (!isWeak) return [];
  return [{
    checkId: "gateway.auth_rate_limit_weak",
    severity: "warn",
    title: "Limit of failed authentications is weak",
    detail:
      `gateway.auth.rateLimit allows ${limit?.maxAttempts ?? 10} failures and locks out for ` +
      `${limit?.lockoutMs ?? 300_000} ms.`,
    remediation: "openclaw config unset gateway.auth.rateLimit",
  }];
}

function proxyFindings(
  { config }: ConfigFacts,
  bind: ResolvedBind | undefined,
  auth: ResolvedAuth | undefined,
): SecurityFinding[] {
  const { trustedProxies = [], allowRealIpFallback } = config.gateway ?? {};
  const findings: SecurityFinding[] = [];
  const wide = trustedProxies.filter(isWide);
  if (wide.length > 0) {
    findings.push({
      checkId: "gateway.trusted_proxies_wide",
      severity: "critical",
      title: "Trusted proxies are whole networks",
      detail: `gateway.trustedProxies includes ${wide.join(", ")}: every machine there may claim ` +
        "to be any client, this machine among them.",
      remediation: "openclaw config set gateway.trustedProxies '[\"<address of the proxy>\"]'",
    });
  }
  if (allowRealIpFallback === true) {
    findings.push({
      checkId: "gateway.real_ip_fallback_enabled",
      severity: bind?.isLoopback === false ? "critical" : "warn",
      title: "X-Real-IP fallback is enabled",
      detail: "gateway.allowRealIpFallback=true trusts X-Real-IP where a trusted proxy sends no " +
        "X-Forwarded-For. A proxy that passes the client's own header on lets it claim any address.",
      remediation: "openclaw config set gateway.allowRealIpFallback false",
    });
  }
  if (trustedProxies.length === 0 && bind?.isLoopback === true) {
    findings.push({
      checkId: "gateway.trusted_proxies_missing",
      severity: "info",
      title: "Reverse proxy headers are not trusted",
      detail: "gateway.trustedProxies is empty. That is right unless a proxy in front of the " +
        "gateway serves others: then name it, so that its clients do not count as local.",
      remediation: "Set gateway.trustedProxies to your proxy's address, or keep the gateway local.",
    });
  }
  return [...findings, ...proxyAuthFindings(auth)];
}

function proxyAuthFindings(auth: ResolvedAuth | undefined): SecurityFinding[] {
  const proxy = auth?.trustedProxy;
  if (proxy === undefined) return [];
  const findings: SecurityFinding[] = [];
  if (proxy.allowUsers.length === 0) {
    findings.push({
      checkId: "gateway.trusted_proxy_no_allowlist",
      severity: "warn",
      title: "Every user of the proxy is let in",
      detail: "gateway.auth.trustedProxy.allowUsers is empty.",
      remediation: "openclaw config set gateway.auth.trustedProxy.allowUsers '[\"<user>\"]'",
    });
  }
  if (proxy.allowLoopback) {
    findings.push({
      checkId: "gateway.trusted_proxy_loopback",
      severity: "warn",
      title: "Programs of this machine may claim to be the proxy",
      detail: "gateway.auth.trustedProxy.allowLoopback is true.",
      remediation: "openclaw config set gateway.auth.trustedProxy.allowLoopback false",
    });
  }
  return findings;
}

function tailscaleFindings({ config }: ConfigFacts): SecurityFinding[] {
  const mode = config.gateway?.tailscale?.mode;
  if (mode === "funnel") {
    return [{
      checkId: "gateway.tailscale_funnel",
      severity: "critical",
      title: "Gateway is on the public internet by Tailscale Funnel",
      detail: "gateway.tailscale.mode is funnel: the password is all that keeps strangers out.",
      remediation: "openclaw config set gateway.tailscale.mode serve",
    }];
  }
  if (mode !== "serve") return [];
  return [{
    checkId: "gateway.tailscale_serve",
    severity: "info",
    title: "Gateway is reachable in the tailnet",
    detail: "gateway.tailscale.mode is serve: machines of your tailnet reach the gateway.",
  }];
}

/** Whether a network holds more machines than one can know. */
export function isWide(network: string): boolean {
  const [address = "", prefix] = network.split("/");
  if (prefix === undefined) return address === "*";
  return Number(prefix) < (address.includes(":") ? MIN_PREFIX.v6 : MIN_PREFIX.v4);
}
