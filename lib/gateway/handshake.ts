/**
 * What is looked at in a `connect` before any credential: start, protocol, role, origin. Decides only;
 * credentials and devices are judged in `admission.ts`.
 *
 * @module
 */
import type { NodeDeclaration } from "../devices/mod.ts";
import type { EdgeLine } from "../edge/mod.ts";
import {
  CLOSE,
  CLOSE_REASON,
  type ErrorShape,
  type HelloAuth,
  invalidRequest,
  MIN_PROBE_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type Role,
} from "../protocol/mod.ts";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import type { PeerIdentity } from "./auth/peer.ts";
import type { Peer } from "../http/mod.ts";
import { isAllowedOrigin, type OriginPolicy } from "./origin.ts";

/** Where a connection comes from. */
export interface ConnectionPeer extends Peer, PeerIdentity {
  /** `Origin` of the upgrade; browsers always send one. */
  origin: string | undefined;
  /** `Host` of the upgrade. */
  host: string | undefined;
  /** The connection below, when it came through the guard. */
  line?: EdgeLine | undefined;
}

/** What a connection is granted. */
export interface Grant {
  ok: true;
  role: Role;
  scopes: string[];
  /** The device that has proven itself. */
  deviceId?: string;
  /** Which credential of the gateway let it in; absent when that of a device did. */
  authGeneration?: number;
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
  if (peer.origin === undefined && !isPage({ client })) return undefined;
  if (peer.origin !== undefined && isAllowedOrigin(peer.origin, peer, origins)) return undefined;
  const reason = peer.origin === undefined ? "origin missing or invalid" : "origin not allowed";
  return refuse(invalidRequest(
    `${reason} (open the Control UI from the gateway itself, or: ` +
      `openclaw config set gateway.controlUi.allowedOrigins '["<origin>"]')`,
    { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED", reason },
  ));
}

/** Whether a client is a page, or says it is one. */
export function isPage({ client }: Pick<ConnectParams, "client">): boolean {
  return client.id === "openclaw-control-ui" || client.id === "webchat-ui" ||
    client.mode === "webchat";
}

/** A refusal whose message is also the reason of the close. */
export function refuse(error: ErrorShape): HandshakeRefusal {
  return { ok: false, error, closeCode: CLOSE.POLICY, closeReason: error.message };
}
