/**
 * The health snapshot: built when asked for, kept for a minute, broadcast when it changes.
 *
 * @module
 */
import type { AgentsSnapshot } from "../agents/mod.ts";
import type { Clock } from "../base/mod.ts";
import type { ResolvedHeartbeat } from "../config/mod.ts";
import {
  type AgentHealth,
  type AgentHeartbeat,
  HEALTH_REFRESH_MS,
  type HealthSnapshot,
  type SessionsSummary,
} from "../protocol/mod.ts";
import type { SessionStore } from "../sessions/mod.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { EventLoopMonitor } from "./event_loop.ts";
import type { Presence } from "./presence.ts";

/** Sessions that a snapshot names. */
const RECENT_SESSIONS = 5;
/** Connects within this time share one broadcast. */
const CONNECT_BROADCAST_DELAY_MS = 50;

/** What a snapshot is made of. */
export interface HealthDeps {
  clock: Clock;
  store: SessionStore;
  broadcaster: Broadcaster;
  presence: Presence;
  eventLoop: EventLoopMonitor;
  agents(): AgentsSnapshot;
  /** The configured heartbeats. */
  heartbeats(): readonly ResolvedHeartbeat[];
}

/** Keeps the health snapshot and tells clients of it. */
export class HealthMonitor {
  readonly #deps: HealthDeps;
  #cached: HealthSnapshot | undefined;
  #version = 0;
  #refreshTimer: ReturnType<typeof setInterval> | undefined;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** Grows with every refresh. */
  get version(): number {
    return this.#version;
  }

  /** Begins the refresh every minute. */
  start(): void {
    this.#refreshTimer = setInterval(() => this.#refreshAndBroadcast(), HEALTH_REFRESH_MS);
  }

  stop(): void {
    clearInterval(this.#refreshTimer);
    clearTimeout(this.#connectTimer);
  }

  /** The snapshot, at most a minute old; `isFresh` builds a new one. */
  snapshot(isFresh = false): HealthSnapshot {
    const { clock } = this.#deps;
    const isStale = this.#cached === undefined ||
      clock.now() - this.#cached.ts >= HEALTH_REFRESH_MS;
    if (isFresh || isStale) this.#cached = this.#build();
    return this.#cached!;
  }

  /** Broadcasts the snapshot shortly after a client connected. */
  announceSoon(): void {
    this.#connectTimer ??= setTimeout(() => {
      this.#connectTimer = undefined;
      this.#refreshAndBroadcast();
    }, CONNECT_BROADCAST_DELAY_MS);
  }

  #refreshAndBroadcast(): void {
    const { broadcaster, presence } = this.#deps;
    if (broadcaster.size === 0) return;
    const snapshot = this.snapshot(true);
    broadcaster.broadcast("health", snapshot, {
      presence: presence.version,
      health: this.#version,
    });
  }

  #build(): HealthSnapshot {
    const { clock, eventLoop, agents, heartbeats } = this.#deps;
    const started = clock.monotonic();
    const { defaultId, agents: list } = agents();
    const sessions = this.#sessions();
    const beats = heartbeats();
    const rows = list.map((agent): AgentHealth => ({
      agentId: agent.id,
      ...(agent.name === undefined ? {} : { name: agent.name }),
      isDefault: agent.id === defaultId,
      heartbeat: heartbeatRow(beats.find(({ agentId }) => agentId === agent.id)),
      sessions: agent.id === defaultId ? sessions : this.#sessions(agent.id),
    }));
    this.#version++;
    return {
      ok: true,
      ts: clock.now(),
      durationMs: Math.round(clock.monotonic() - started),
      eventLoop: { ...eventLoop.figures() },
      plugins: { loaded: [], errors: [] },
      modelPricing: { state: "disabled", sources: [] },
      channels: {},
      channelOrder: [],
      channelLabels: {},
      heartbeatSeconds: Math.round((beats[0]?.everyMs ?? 0) / 1000),
      defaultAgentId: defaultId,
      agents: rows,
      sessions,
    };
  }

  #sessions(agentId?: string): SessionsSummary {
    const { store, clock } = this.#deps;
    const { sessions, total } = store.listSessions({
      limit: RECENT_SESSIONS,
      ...(agentId === undefined ? {} : { agentId }),
    });
    const now = clock.now();
    return {
      path: store.path,
      count: total,
      recent: sessions.map(({ key, updatedAt }) => ({
        key,
        updatedAt,
        age: now - updatedAt,
      })),
    };
  }
}

/** The heartbeat of one agent, as clients see it. */
export function heartbeatRow(beat: ResolvedHeartbeat | undefined): AgentHeartbeat {
  if (beat === undefined) return { enabled: false, every: "0m", everyMs: null };
  const { every, everyMs, prompt, target, ackMaxChars } = beat;
  return { enabled: true, every, everyMs, prompt, target, ackMaxChars };
}
