/**
 * The words of a refused credential: what is wrong, and the one command that puts it right. Names the
 * kind of what was sent where its form tells, never the thing itself.
 *
 * @module
 */
import { type CredentialKind, describeCredential } from "../../devices/mod.ts";

/** What a refusal is told about. */
export interface RefusedCredential {
  /** The protocol's `authReason`; absent when nothing at all was shown. */
  readonly reason: string | undefined;
  /** The credential that was refused, where there was one. */
  readonly presented?: string | undefined;
  /** Whether a page asks, whose user has no command line at hand. */
  readonly isPage: boolean;
  readonly isLocalDirect: boolean;
  readonly retryAfterMs?: number | undefined;
}

interface Wording {
  readonly what: string;
  readonly fix: string;
}

const REMOTE_TOKEN = "openclaw config set gateway.remote.token <token>";
const REMOTE_PASSWORD = "openclaw config set gateway.remote.password <password>";
const PROXY_SETTINGS = "openclaw config get gateway.auth.trustedProxy";
const TRUSTED_PROXIES = `openclaw config set gateway.trustedProxies '["<proxy address>"]'`;

/** The message of the refusal; also the reason of the close, which is cut after 120 bytes. */
export function credentialMessage(refused: RefusedCredential): string {
  const { what, fix } = wordingOf(refused);
  const seen = refused.presented === undefined ? undefined : misplaced(refused.presented, refused);
  return `unauthorized: ${what} (${seen ?? fix})`;
}

function wordingOf(refused: RefusedCredential): Wording {
  const { reason, isPage, isLocalDirect, retryAfterMs = 0 } = refused;
  const token = isPage ? "enter the gateway token in the settings of the page" : REMOTE_TOKEN;
  const password = isPage
    ? "enter the gateway password in the settings of the page"
    : REMOTE_PASSWORD;
  switch (reason) {
    case undefined:
      return { what: "authentication required", fix: password };
    case "token_missing":
      return { what: "gateway token missing", fix: token };
    case "token_mismatch":
      return {
        what: "gateway token mismatch",
        fix: isLocalDirect ? ownGateway("token", isPage, token) : token,
      };
    case "token_missing_config":
      return notConfigured("token");
    case "password_missing":
      return { what: "gateway password missing", fix: password };
    case "password_mismatch":
      return {
        what: "gateway password mismatch",
        fix: isLocalDirect ? ownGateway("password", isPage, password) : password,
      };
    case "password_missing_config":
      return notConfigured("password");
    case "device_token_mismatch":
      return {
        what: "device token mismatch",
        fix: `connect once with the gateway's own credential: ${token}`,
      };
    case "scope_mismatch":
      return {
        what: "device token scope mismatch",
        fix: "connect with the gateway's own credential, then: openclaw devices approve <request>",
      };
    case "bootstrap_token_invalid":
      return { what: "bootstrap token invalid or expired", fix: "openclaw qr" };
    case "rate_limited":
      return {
        what: "too many failed authentication attempts",
        fix: `retry after ${Math.ceil(retryAfterMs / 1000)}s`,
      };
    default:
      return vouchedWording(reason, token);
  }
}

/** The wording for an identity that somebody else vouches for. */
function vouchedWording(reason: string, token: string): Wording {
  const fixes: Readonly<Record<string, string>> = {
    tailscale_user_missing: `Tailscale names no user for this machine; ${token}`,
    tailscale_proxy_missing: `only Tailscale Serve on the gateway's machine counts; ${token}`,
    tailscale_whois_failed: "see why on the gateway's machine: openclaw logs",
    tailscale_user_mismatch: `Tailscale names another user for this address; ${token}`,
    trusted_proxy_no_proxies_configured: TRUSTED_PROXIES,
    trusted_proxy_untrusted_source: TRUSTED_PROXIES,
    trusted_proxy_loopback_source:
      "openclaw config set gateway.auth.trustedProxy.allowLoopback true",
    trusted_proxy_user_missing: PROXY_SETTINGS,
    trusted_proxy_user_not_allowed: `${PROXY_SETTINGS}.allowUsers`,
    trusted_proxy_origin_not_allowed:
      `openclaw config set gateway.controlUi.allowedOrigins '["<origin>"]'`,
  };
  return { what: reason.replaceAll("_", " "), fix: fixes[reason] ?? PROXY_SETTINGS };
}

/** A client of this machine reads the gateway's own configuration, which is then what has to be right. */
function ownGateway(name: "token" | "password", isPage: boolean, fix: string): string {
  return isPage ? fix : `openclaw config set gateway.auth.${name} <${name}>`;
}

function notConfigured(name: "token" | "password"): Wording {
  return {
    what: `the gateway has no ${name}`,
    fix: `openclaw config set gateway.auth.${name} <${name}>`,
  };
}

/** Where something of another kind belongs; `undefined` when its form does not tell. */
function misplaced(presented: string, refused: RefusedCredential): string | undefined {
  const { kind, label } = describeCredential(presented);
  const { fix } = wordingOf(refused);
  const advice: Partial<Record<CredentialKind, string>> = {
    "gateway-token": fix,
    "device-token": `good only from its own device while that is paired: ${devicesOr(refused)}`,
    "node-token": "nodes connect as a paired device: openclaw devices list",
    "bootstrap-token": "for pairing an app, once: openclaw qr",
    "setup-code": "for pairing an app, once: openclaw qr",
    "device-id": "no secret; the devices are shown by: openclaw devices list",
    "request-id": "to be approved on the gateway's machine: openclaw devices approve <request>",
    "provider-key": "openclaw config set models.providers.<name>.apiKey <key>",
    "private-key": `never to be sent anywhere; ${fix}`,
  };
  const text = advice[kind];
  return text === undefined ? undefined : `what was sent looks like ${label}: ${text}`;
}

function devicesOr({ reason }: RefusedCredential): string {
  return reason === "device_token_mismatch" ? "openclaw devices list" : REMOTE_TOKEN;
}
