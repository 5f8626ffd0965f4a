/**
 * Why a WebSocket ends: the codes, the fixed reasons, and how they read.
 *
 * @module
 */
import { truncateUtf8 } from "../base/mod.ts";
import { MAX_CLOSE_REASON_BYTES } from "./limits.ts";

/** Close codes used on the wire. */
export const CLOSE = {
  /** First frame is not JSON, or the handshake took too long; no reason is given. */
  NORMAL: 1000,
  /** The offered protocol range has no overlap with ours. */
  PROTOCOL: 1002,
  /** Refused: a bad first frame, authentication, origin, a slow reader. */
  POLICY: 1008,
  /** A frame over the limit. */
  TOO_LARGE: 1009,
  INTERNAL: 1011,
  RESTART: 1012,
  STARTING: 1013,
  /** Client side: silence for more than two tick intervals. */
  TICK_TIMEOUT: 4000,
  /** The credential or the device behind the connection is no longer valid. */
  AUTH_CHANGED: 4001,
  /** Client side: the handshake failed; the platform lets clients send no code below 3000 but 1000. */
  CONNECT_FAILED: 4008,
} as const;

/** The fixed close reasons; authentication refusals use their own message. */
export const CLOSE_REASON = {
  PROTOCOL_MISMATCH: "protocol mismatch",
  INVALID_FRAME: "invalid request frame",
  NOT_CONNECT: "invalid handshake: first request must be connect",
  INVALID_ROLE: "invalid role",
  REPEATED_UNAUTHORIZED: "repeated unauthorized calls",
  SLOW_CONSUMER: "slow consumer",
  HANDLER_UNAVAILABLE: "gateway message handler unavailable",
  RESTART: "service restart",
  STARTING: "gateway starting",
  AUTH_CHANGED: "gateway auth changed",
  DEVICE_REMOVED: "device removed",
  NODE_REPLACED: "replaced by a newer connection of this node",
  CONNECT_FAILED: "connect failed",
  CHALLENGE_TIMEOUT: "connect challenge timeout",
  TICK_TIMEOUT: "tick timeout",
} as const;

/** `reason` cut to what a close frame may carry. */
export function closeReason(reason: string): string {
  return truncateUtf8(reason, MAX_CLOSE_REASON_BYTES);
}

/**
 * A close as the CLI prints it.
 *
 * @param code As the socket reported it; 0 and 1006 both mean that no close frame came.
 * @returns For instance `gateway closed (1008): unauthorized: gateway token mismatch`.
 */
export function describeClose(code: number, reason: string): string {
  const isAbnormal = code === 0 || code === 1006;
  const label = isAbnormal ? "1006 abnormal closure (no close frame)" : String(code);
  return `gateway closed (${label}): ${reason || "no close reason"}`;
}
