/**
 * Which agents have heartbeats, and how. Off until configured.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";
import { normalizeAgentId } from "./agents.ts";
import { parseDuration } from "./duration.ts";

const DEFAULT_EVERY = "30m";
const DEFAULT_ACK_CHARS = 300;
const MINUTE_MS = 60_000;
const DEFAULT_PROMPT =
  "This is a heartbeat: nobody has written. Follow HEARTBEAT.md if there is one, and nothing from " +
  "earlier conversations. When nothing needs attention, answer HEARTBEAT_OK and no more.";

/** Hours of the day in which heartbeats run. */
export interface ActiveHours {
  /** `HH:MM`; `24:00` is the end of the day. */
  readonly start: string;
  readonly end: string;
  /** IANA name; that of the agent when absent. */
  readonly timeZone: string | undefined;
}

/** The heartbeat of one agent. */
export interface ResolvedHeartbeat {
  readonly agentId: string;
  /** As configured, such as `30m`. */
  readonly every: string;
  /** Positive. */
  readonly everyMs: number;
  readonly prompt: string;
  readonly target: string;
  readonly ackMaxChars: number;
  readonly activeHours: ActiveHours | undefined;
  readonly model: string | undefined;
  /** Key of the session it runs in; the main one when absent. */
  readonly session: string | undefined;
  readonly isIsolated: boolean;
  readonly hasLightContext: boolean;
  readonly skipsWhenBusy: boolean;
  readonly timeoutSeconds: number | undefined;
}

/**
 * The heartbeats of a configuration. Once an agent has a `heartbeat` of its own, only such agents
 * have one.
 *
 * @param defaultAgentId The agent that has the common one.
 */
export function resolveHeartbeats(
  config: OpenClawConfig,
  defaultAgentId: string,
): ResolvedHeartbeat[] {
  const common = config.agents?.defaults?.heartbeat;
  const own = (config.agents?.list ?? []).filter(({ heartbeat }) => heartbeat !== undefined);
  if (own.length === 0) {
    return common === undefined ? [] : heartbeatOf(defaultAgentId, common);
  }
  return own.flatMap(({ id, heartbeat }) =>
    heartbeatOf(normalizeAgentId(id), { ...common, ...heartbeat })
  );
}

type HeartbeatConfig = NonNullable<
  NonNullable<NonNullable<OpenClawConfig["agents"]>["defaults"]>["heartbeat"]
>;

/** How an agent is woken, whether or not it has heartbeats by itself. */
export function wakeSettings(config: OpenClawConfig, agentId: string): ResolvedHeartbeat {
  const common = config.agents?.defaults?.heartbeat;
  const own = config.agents?.list?.find(({ id }) => normalizeAgentId(id) === agentId)?.heartbeat;
  return settingsOf(agentId, { ...common, ...own }, DEFAULT_EVERY, 0);
}

function heartbeatOf(agentId: string, given: HeartbeatConfig): ResolvedHeartbeat[] {
  const every = given.every?.trim() || DEFAULT_EVERY;
  const everyMs = parseDuration(every, MINUTE_MS) ?? 0;
  return everyMs > 0 ? [settingsOf(agentId, given, every, everyMs)] : [];
}

function settingsOf(
  agentId: string,
  given: HeartbeatConfig,
  every: string,
  everyMs: number,
): ResolvedHeartbeat {
  return {
    agentId,
    every,
    everyMs,
    prompt: given.prompt?.trim() || DEFAULT_PROMPT,
    target: given.target?.trim() || "none",
    ackMaxChars: given.ackMaxChars ?? DEFAULT_ACK_CHARS,
    activeHours: activeHours(given.activeHours),
    model: given.model?.trim() || undefined,
    session: given.session?.trim() || undefined,
    isIsolated: given.isolatedSession ?? false,
    hasLightContext: given.lightContext ?? false,
    skipsWhenBusy: given.skipWhenBusy ?? false,
    timeoutSeconds: given.timeoutSeconds,
  };
}

function activeHours(value: unknown): ActiveHours | undefined {
  if (!isObject(value)) return undefined;
  const { start, end, timezone } = value;
  if (typeof start !== "string" || typeof end !== "string") return undefined;
  const zone = typeof timezone === "string" ? timezone.trim() : "";
  return { start, end, timeZone: zone === "" || zone === "user" ? undefined : zone };
}
