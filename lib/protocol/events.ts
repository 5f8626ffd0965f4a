/**
 * Which connections an event reaches, how, and whether a slow one may miss it.
 *
 * @module
 */
import { hasScope, type Role } from "./scopes.ts";

/** What a connection needs to see an event; nodes pass only `any` and `readOrNode`. */
export type EventGuard =
  | "preAuth"
  | "any"
  | "read"
  | "readOrNode"
  | "write"
  | "approvals"
  | "pairing"
  | "node";

/**
 * How an event travels: `broadcast` to all who pass the guard, with a sequence number; `targeted` to
 * chosen connections and `socket` to one, both without.
 */
export type EventMode = "broadcast" | "targeted" | "socket";

/** How one event is delivered. */
export interface EventRule {
  readonly guard: EventGuard;
  readonly mode: EventMode;
  /** Whether a slow connection is skipped instead of closed; of `chat` only deltas are. */
  readonly drop: boolean | "delta";
}

function rule(
  guard: EventGuard,
  mode: EventMode = "broadcast",
  drop: EventRule["drop"] = true,
): EventRule {
  return { guard, mode, drop };
}

/**
 * The delivery of every event, in the order in which hello announces them.
 *
 * `agent` events of the tool stream are targeted although the event as such is broadcast. What is
 * missing here is never broadcast, but for `plugin.*`, which needs write.
 */
export const EVENT_RULES: Readonly<Record<string, EventRule>> = {
  "connect.challenge": rule("preAuth", "socket", false),
  "agent": rule("read", "broadcast", false),
  "chat": rule("read", "broadcast", "delta"),
  "session.message": rule("read", "targeted"),
  "session.tool": rule("read", "targeted"),
  "sessions.changed": rule("read", "targeted"),
  "presence": rule("any"),
  "tick": rule("any", "broadcast", false),
  "talk.mode": rule("write"),
  "talk.event": rule("read", "targeted"),
  "shutdown": rule("any", "broadcast", false),
  "health": rule("any", "broadcast", false),
  "heartbeat": rule("any"),
  "cron": rule("read"),
  "node.pair.requested": rule("pairing"),
  "node.pair.resolved": rule("pairing"),
  "node.invoke.request": rule("node", "socket", false),
  "device.pair.requested": rule("pairing"),
  "device.pair.resolved": rule("pairing"),
  "voicewake.changed": rule("readOrNode"),
  "voicewake.routing.changed": rule("readOrNode"),
  "exec.approval.requested": rule("approvals"),
  "exec.approval.resolved": rule("approvals"),
  "plugin.approval.requested": rule("approvals"),
  "plugin.approval.resolved": rule("approvals"),
  "update.available": rule("any"),
  "chat.side_result": rule("read", "broadcast", false),
};

/** Sent, but never announced. */
const UNANNOUNCED = "chat.side_result";

/** `hello.features.events`, 26 names in the order of {@linkcode EVENT_RULES}. */
export function announcedEvents(): string[] {
  return Object.keys(EVENT_RULES).filter((name) => name !== UNANNOUNCED);
}

/** The rule of `event`, or `undefined` when it must not be sent to anybody. */
export function eventRule(event: string): EventRule | undefined {
  if (Object.hasOwn(EVENT_RULES, event)) return EVENT_RULES[event];
  return event.startsWith("plugin.") ? rule("write") : undefined;
}

/** Whether an authenticated connection may see `event`; no for events without a rule. */
export function mayReceive(
  receiver: { role: Role; scopes: readonly string[] },
  event: string,
): boolean {
  const guard = eventRule(event)?.guard;
  if (guard === undefined || guard === "preAuth") return false;
  if (guard === "any") return true;
  if (receiver.role === "node") return guard === "node" || guard === "readOrNode";
  if (guard === "node") return false;
  return hasScope(receiver.scopes, guard === "readOrNode" ? "operator.read" : `operator.${guard}`);
}

/** Whether a slow connection may miss this event; otherwise it is closed. */
export function mayDrop(event: string, payload: unknown): boolean {
  const drop = eventRule(event)?.drop ?? true;
  if (drop !== "delta") return drop;
  return (payload as { state?: unknown } | undefined)?.state === "delta";
}
