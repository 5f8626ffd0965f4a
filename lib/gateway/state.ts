/**
 * What the parts of a running gateway share. Made once by `gateway.ts`, handed to everything else.
 *
 * @module
 */
import type { Approvals } from "../approvals/mod.ts";
import type { AgentsSnapshot, RunManager } from "../agents/mod.ts";
import type { Clock, Logger } from "../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../config/mod.ts";
import type { HttpTraffic } from "../http/mod.ts";
import type { Network } from "../platform/mod.ts";
import type { SessionStore } from "../sessions/mod.ts";
import type { Admission } from "./admission.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { CronControl } from "./cron/types.ts";
import type { EventLoopMonitor } from "./event_loop.ts";
import type { HealthMonitor } from "./health.ts";
import type { HooksControl } from "./hooks/types.ts";
import type { HeartbeatControl } from "./heartbeat/types.ts";
import type { StabilityLog } from "./methods/events/stability_log.ts";
import type { GatewayNodes } from "./nodes/gateway_nodes.ts";
import type { OriginPolicy } from "./origin.ts";
import type { Presence } from "./presence.ts";
import type { ConfigReloader } from "./reload/reloader.ts";
import type { Restarter } from "./restart/restarter.ts";
import type { SecretsControl } from "./secrets/types.ts";
import type { SessionEvents } from "./session_events.ts";
import type { Startup } from "./startup.ts";
import type { UpdateControl } from "./update/types.ts";
import type { Toolbox } from "./tools/types.ts";

/** The parts of a running gateway. */
export interface GatewayState {
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly paths: ConfigPaths;
  /** The way to other hosts, for what is neither a model nor a channel. */
  readonly network: Network;
  readonly authenticator: Authenticator;
  readonly startup: Startup;
  /** HTTP requests under way. */
  readonly traffic: HttpTraffic;
  readonly store: SessionStore;
  readonly runs: RunManager;
  readonly broadcaster: Broadcaster;
  readonly presence: Presence;
  readonly health: HealthMonitor;
  readonly eventLoop: EventLoopMonitor;
  readonly sessionEvents: SessionEvents;
  /** Pairing, device tokens and setup codes. */
  readonly devices: Admission;
  readonly nodes: GatewayNodes;
  /** Questions to people, open and decided. */
  readonly approvals: Approvals;
  readonly restarter: Restarter;
  /** Updates of the program that clients ask for. */
  readonly updates: UpdateControl;
  /** Brings configurations into force, and knows of those that do not come. */
  readonly reloader: ConfigReloader;
  /** Regular turns without a message, and turns that events begin. */
  readonly heartbeats: HeartbeatControl;
  /** Scheduled jobs. */
  readonly cron: CronControl;
  /** What wakes agents from outside. */
  readonly hooks: HooksControl;
  /** What the configuration points to. */
  readonly secrets: SecretsControl;
  readonly stability: StabilityLog;
  /** What callers from outside of a turn may call. */
  readonly toolbox: Toolbox;
  /** The configuration in force. */
  config(): ConfigSnapshot;
  /** The same, as runs see it. */
  agents(): AgentsSnapshot;
  /** The pages that may talk to the gateway. */
  origins(): OriginPolicy;
  /**
   * Puts another configuration in force, as `secrets.prepare` made it; runs under way finish on theirs.
   */
  replaceConfig(snapshot: ConfigSnapshot): void;
  /** Path of the log file, once there is one. */
  logFile(): string | undefined;
}
