/**
 * Judges a `connect`: protocol, role, origin, credential, and what a client without a device may do.
 * Decides only; clients with a device go on in `admission.ts`.
 *
 * @module
 */
import type { NodeDeclaration } from "../devices/mod.ts";
import {
  authFailure,
  CLOSE,
  CLOSE_REASON,
  type ErrorShape,
  type HelloAuth,
  invalidRequest,
  MIN_PROBE_PROTOCOL_VERSION,
  OPERATOR_SCOPES,
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
  /** The device that has proven itself. */
  deviceId?: string;
  /** What hello says of the device's tokens. */
  tokens?: Pick<HelloAuth, "scopes" | "deviceToken" | "issuedAtMs" | "deviceTokens">;
  /** What a node offers. */
  node?: NodeDeclaration;
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
  /** Networks from which new nodes are paired without asking. */
  nodeNetworks: readonly string[];
}

/** Judges a connect without a device. */
export function judgeConnect(
  params: ConnectParams,
  peer: ConnectionPeer,
  policy: HandshakePolicy,
): Grant | HandshakeRefusal {
  return checkOffer(params, peer, policy.origins) ??
    checkMissingDevice(params, peer, policy.authenticator) ??
    checkCredential(params, peer, policy.authenticator) ?? grant(params, peer);
}

/** What is wrong with a connect before any credential is looked at: protocol, role, origin. */
export function checkOffer(
  params: ConnectParams,
  peer: ConnectionPeer,
  origins: OriginPolicy,
): HandshakeRefusal | undefined {
  return checkProtocol(params) ?? checkRole(params) ?? checkOrigin(params, peer, origins);
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
  { auth = {} }: ConnectParams,
  peer: ConnectionPeer,
  authenticator: Authenticator,
): HandshakeRefusal | undefined {
  const { address, origin, isLocalDirect } = peer;
  const { token, password } = auth;
  const verdict = authenticator.check({ token, password, address, origin, isLocalDirect });
  return verdict.ok ? undefined : refuseCredential(verdict);
}

/**
 * The refusal of a credential.
 *
 * @param canRetry Whether the client may have a device token that it has not tried.
 */
export function refuseCredential(
  verdict: Extract<AuthVerdict, { ok: false }>,
  canRetry = false,
): HandshakeRefusal {
  const error = authFailure(verdict.reason, credentialMessage(verdict), canRetry);
  if (verdict.retryAfterMs === undefined) return refuse(error);
  return refuse({ ...error, retryable: true, retryAfterMs: verdict.retryAfterMs });
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

/** Who may not connect without a device, whatever the credential. */
function checkMissingDevice(
  { client, role }: ConnectParams,
  { origin }: ConnectionPeer,
  { mode }: Authenticator,
): HandshakeRefusal | undefined {
  if (role === "node") {
    return deviceRequired("device identity required: nodes must prove a paired device");
  }
  const isPage = client.id === "openclaw-control-ui" || client.id === "openclaw-tui";
  if (isPage && origin !== undefined) {
    return refuse(invalidRequest("control ui requires device identity (use HTTPS or localhost)", {
      code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
    }));
  }
  const isHelper = client.id === "gateway-client" && client.mode === "backend";
  return mode === "none" && !isHelper ? deviceRequired("device identity required") : undefined;
}

function deviceRequired(message: string): HandshakeRefusal {
  return refuse({ code: "NOT_PAIRED", message, details: { code: "DEVICE_IDENTITY_REQUIRED" } });
}

/**
 * What a client with the right credential gets.
 *
 * On direct loopback without an origin its holder is the owner and keeps what it asks for; elsewhere a
 * client without a device gets no scopes.
 */
function grant({ scopes = [] }: ConnectParams, peer: ConnectionPeer): Grant {
  const isOwner = peer.isLocalDirect && peer.origin === undefined;
  return { ok: true, role: "operator", scopes: isOwner ? knownScopes(scopes) : [] };
}

/** The scopes that mean something, each once, in the order asked for. */
export function knownScopes(scopes: readonly string[]): string[] {
  const known: readonly string[] = OPERATOR_SCOPES;
  return [...new Set(scopes)].filter((scope) => known.includes(scope));
}

/** A refusal whose message is also the reason of the close. */
export function refuse(error: ErrorShape): HandshakeRefusal {
  return { ok: false, error, closeCode: CLOSE.POLICY, closeReason: error.message };
}
