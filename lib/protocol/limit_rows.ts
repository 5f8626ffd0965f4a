/**
 * The limits that clients should know, for the reference page only.
 *
 * @module
 */
import * as limits from "./limits.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** What is limited, and to how much, both for people. */
export function limitRows(): [what: string, limit: string][] {
  return [
    ["From socket open to hello (`gateway.handshakeTimeoutMs`)", time(limits.HANDSHAKE_TIMEOUT_MS)],
    ["Inbound frame before hello", size(limits.MAX_PREAUTH_FRAME_BYTES)],
    ["Inbound frame after hello (`policy.maxPayload`)", size(limits.MAX_FRAME_BYTES)],
    ["Unsent bytes of one socket (`policy.maxBufferedBytes`)", size(limits.MAX_BUFFERED_BYTES)],
    ["Of those, handed to the runtime at a time", size(limits.OUTBOX_WINDOW_BYTES)],
    ["Between two `tick` events (`policy.tickIntervalMs`)", time(limits.TICK_INTERVAL_MS)],
    ["Silence before the server pings", time(limits.PING_INTERVAL_MS)],
    ["Sockets of one address before hello", String(limits.MAX_PREAUTH_SOCKETS_PER_ADDRESS)],
    ["Sockets before hello altogether", String(limits.MAX_SOCKETS)],
    ["Role violations in a row that are answered", String(limits.MAX_UNAUTHORIZED_CALLS)],
    ["Close reason", `${limits.MAX_CLOSE_REASON_BYTES} bytes`],
    [
      "Wrong credentials of one address",
      `${limits.MAX_AUTH_FAILURES_PER_WINDOW} in ${time(limits.AUTH_FAILURE_WINDOW_MS)}`,
    ],
    [
      "Lock-out, doubling each time",
      `${time(limits.AUTH_LOCKOUT_MIN_MS)} to ${time(limits.AUTH_LOCKOUT_MAX_MS)}`,
    ],
    ["Between two refreshes of the health snapshot", time(limits.HEALTH_REFRESH_MS)],
    ["Presence entry that is not renewed", time(limits.PRESENCE_TTL_MS)],
    ["Presence entries", String(limits.MAX_PRESENCE_ENTRIES)],
    ["Between two `chat` deltas of a run", time(limits.CHAT_DELTA_INTERVAL_MS)],
    ["`chat.history`, messages", String(limits.MAX_HISTORY_MESSAGES)],
    ["`chat.history`, whole answer", size(limits.MAX_HISTORY_BYTES)],
    ["`chat.history`, one message", size(limits.MAX_HISTORY_MESSAGE_BYTES)],
    ["One attachment, decoded", size(limits.MAX_ATTACHMENT_BYTES)],
  ];
}

function size(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`;
}

function time(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return ms > 60_000 ? `${ms / 60_000} min` : `${ms / 1000} s`;
}
