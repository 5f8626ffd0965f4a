/**
 * Judges a `connect`: protocol, role, origin, credential, and what a client without a proven device
 * may do. Decides only; the connection sends what is decided.
 *
 * @module
 */
import {
  authFailure,
  CLOSE,
  CLOSE_REASON,
  type ErrorShape,
  hasScope,
  invalidRequest,
  MIN_PROBE_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type Role,
} from "../protocol/mod.ts";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import type { Authenticator, AuthVerdict } from "./authenticator.ts";
import { isAllowedOrigin, type OriginPolicy } from "./origin.ts";

/** Where a connection comes from. */
export interface ConnectionPeer {
  /** Canonical address. */
  address: string;
  /** Loopback peer without forwarding headers. */
  isLocalDirect: boolean;
  /** `Origin` of the upgrade; browsers always send one. */
  origin: string | undefined;
  /** `Host` of the upgrade. */
  host: string | undefined;
}

/** What a connection is granted. */
export interface Grant {
  ok: true;
  role: Role;
  scopes: string[];
}

/** Why a connection is refused, and how its socket is closed. */
export interface HandshakeRefusal {
  ok: false;
  error: ErrorShape;
  closeCode: number;
  closeReason: string;
}

/** What the judgement rests on. */
export interface HandshakePolicy {
  authenticator: Authenticator;
  origins: OriginPolicy;
}

/** Judges checked connect parameters. */
export function judgeConnect(
  params: ConnectParams,
  peer: ConnectionPeer,
  policy: HandshakePolicy,
): Grant | HandshakeRefusal {
  return checkProtocol(params) ?? checkRole(params) ??
    checkOrigin(params, peer, policy.origins) ??
    checkCredential(params, peer, policy.authenticator) ??
    grant(params, peer, policy.authenticator);
}

function checkProtocol(params: ConnectParams): HandshakeRefusal | undefined {
  const { minProtocol, maxProtocol } = params;
  if (minProtocol <= PROTOCOL_VERSION && PROTOCOL_VERSION <= maxProtocol) {
    return undefined;
  }
  return {
    ok: false,
    error: invalidRequest(CLOSE_REASON.PROTOCOL_MISMATCH, {
      expectedProtocol: PROTOCOL_VERSION,
      minimumProbeProtocol: MIN_PROBE_PROTOCOL_VERSION,
    }),
    closeCode: CLOSE.PROTOCOL,
    closeReason: CLOSE_REASON.PROTOCOL_MISMATCH,
  };
}

function checkRole({ role = "operator" }: ConnectParams): HandshakeRefusal | undefined {
  if (role === "operator" || role === "node") return undefined;
  return refuse(invalidRequest(CLOSE_REASON.INVALID_ROLE));
}

function checkOrigin(
  { client }: ConnectParams,
  peer: ConnectionPeer,
  origins: OriginPolicy,
): HandshakeRefusal | undefined {
  const isPage = client.id === "openclaw-control-ui" ||
    client.id === "webchat-ui" ||
    client.mode === "webchat";
  if (peer.origin === undefined && !isPage) return undefined;
  if (peer.origin !== undefined && isAllowedOrigin(peer.origin, peer, origins)) return undefined;
  const reason = peer.origin === undefined ? "origin missing or invalid" : "origin not allowed";
  return refuse(invalidRequest(
    `${reason} (open the Control UI from the gateway itself or add the origin to gateway.controlUi.allowedOrigins)`,
    { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED", reason },
  ));
}

function checkCredential(
  params: ConnectParams,
  peer: ConnectionPeer,
  authenticator: Authenticator,
): HandshakeRefusal | undefined {
  const { auth = {}, device } = params;
  const verdict = authenticator.check({
    token: auth.token,
    password: auth.password,
    address: peer.address,
    origin: peer.origin,
    isLocalDirect: peer.isLocalDirect,
  });
  if (verdict.ok) return undefined;
  const canRetry = device !== undefined && auth.token !== undefined &&
    auth.deviceToken === undefined;
  const error = authFailure(verdict.reason, credentialMessage(verdict), canRetry);
  if (verdict.retryAfterMs === undefined) return refuse(error);
  return refuse({
    ...error,
    retryable: true,
    retryAfterMs: verdict.retryAfterMs,
  });
}

function credentialMessage({ reason, retryAfterMs }: Extract<AuthVerdict, { ok: false }>): string {
  switch (reason) {
    case "token_missing":
      return "unauthorized: gateway token missing (set OPENCLAW_GATEWAY_TOKEN or gateway.remote.token to match gateway.auth.token)";
    case "token_mismatch":
      return "unauthorized: gateway token mismatch (set OPENCLAW_GATEWAY_TOKEN or gateway.remote.token to match gateway.auth.token)";
    case "password_missing":
      return "unauthorized: gateway password missing (set OPENCLAW_GATEWAY_PASSWORD or gateway.remote.password to match gateway.auth.password)";
    case "password_mismatch":
      return "unauthorized: gateway password mismatch (set OPENCLAW_GATEWAY_PASSWORD or gateway.remote.password to match gateway.auth.password)";
    case "rate_limited":
      return `unauthorized: too many failed authentication attempts (retry after ${
        Math.ceil((retryAfterMs ?? 0) / 1000)
      }s)`;
  }
}

/**
 * What a client with the right credential gets.
 *
 * On direct loopback without an origin its holder is the owner and keeps what it asks for; elsewhere a
 * client that has proven no device gets no scopes.
 */
function grant(
  params: ConnectParams,
  peer: ConnectionPeer,
  authenticator: Authenticator,
): Grant | HandshakeRefusal {
  const { client, device, role = "operator", scopes = [] } = params;
  if (role === "node") {
    return refuse({
      code: "NOT_PAIRED",
      message: "device identity required: nodes must prove a paired device",
      details: { code: "DEVICE_IDENTITY_REQUIRED" },
    });
  }
  const isPage = client.id === "openclaw-control-ui" ||
    client.id === "openclaw-tui";
  if (device === undefined && isPage && peer.origin !== undefined) {
    return refuse(
      invalidRequest(
        "control ui requires device identity (use HTTPS or localhost)",
        {
          code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
        },
      ),
    );
  }
  const isHelper = client.id === "gateway-client" && client.mode === "backend";
  if (authenticator.mode === "none" && device === undefined && !isHelper) {
    return refuse({
      code: "NOT_PAIRED",
      message: "device identity required",
      details: { code: "DEVICE_IDENTITY_REQUIRED" },
    });
  }
  const isOwner = peer.isLocalDirect &&
    (peer.origin === undefined || device !== undefined);
  return { ok: true, role: "operator", scopes: isOwner ? known(scopes) : [] };
}

/** The scopes that mean something, each once, in the order asked for. */
function known(scopes: readonly string[]): string[] {
  const admin = ["operator.admin"];
  return [...new Set(scopes)].filter((scope) => hasScope(admin, scope));
}

function refuse(error: ErrorShape): HandshakeRefusal {
  return {
    ok: false,
    error,
    closeCode: CLOSE.POLICY,
    closeReason: error.message,
  };
}
