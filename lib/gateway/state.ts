/**
 * What the parts of a running gateway share. Made once by `gateway.ts`, handed to everything else.
 *
 * @module
 */
import type { AgentsSnapshot, RunManager } from "../agents/mod.ts";
import type { Clock, Logger } from "../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../config/mod.ts";
import type { SessionStore } from "../sessions/mod.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { EventLoopMonitor } from "./event_loop.ts";
import type { HealthMonitor } from "./health.ts";
import type { Presence } from "./presence.ts";

/** The parts of a running gateway. */
export interface GatewayState {
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly paths: ConfigPaths;
  readonly authenticator: Authenticator;
  readonly store: SessionStore;
  readonly runs: RunManager;
  readonly broadcaster: Broadcaster;
  readonly presence: Presence;
  readonly health: HealthMonitor;
  readonly eventLoop: EventLoopMonitor;
  /** The configuration in force. */
  config(): ConfigSnapshot;
  /** The same, as runs see it. */
  agents(): AgentsSnapshot;
  /** Path of the log file, once there is one. */
  logFile(): string | undefined;
}
