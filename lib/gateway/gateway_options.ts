/**
 * What a gateway is started with.
 *
 * @module
 */
import type { Clock, Logger, RedactionSet } from "../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../config/mod.ts";
import type { Network, RunCommand } from "../platform/mod.ts";
import type { SurfaceFlags } from "../secrets/mod.ts";
import type { ServerTls } from "../tls/mod.ts";
import type { SharedSecret } from "./authenticator.ts";
import type { GuardOptions } from "./listener.ts";
import type { HostFacts } from "./presence.ts";
import type { ConfigRejection } from "./reload/rejection.ts";
import type { RestartHost } from "./restart/restarter.ts";
import type { LaunchUpdater } from "./update/launch.ts";
import type { WsLog } from "./ws_log.ts";

/** What a gateway is made of. */
export interface GatewayOptions {
  clock: Clock;
  log: Logger;
  wsLog: WsLog;
  paths: ConfigPaths;
  config: ConfigSnapshot;
  secret: SharedSecret;
  /**
   * The credential that another configuration puts in force; `undefined` when the one in force stays.
   * Without it no configuration changes the credential.
   */
  resolveSecret?(config: ConfigSnapshot): SharedSecret | undefined;
  /** Runs helper programs; those of this machine unless given. */
  runCommand?: RunCommand;
  hosts: readonly string[];
  /** 0 takes any free port. */
  port: number;
  bindAttempts: number;
  bindRetryDelayMs: number;
  /** The certificate that is served with; without one the port speaks plain HTTP. */
  tls?: ServerTls | undefined;
  /** How the guard of non-loopback addresses differs from its own settings. */
  guard?: Partial<GuardOptions>;
  /** `gateway.handshakeTimeoutMs` or its variable; the protocol's default when absent. */
  handshakeTimeoutMs?: number;
  /** Time that HTTP requests under way get to end by themselves when the gateway ends; none unless given. */
  drainMs?: number;
  facts: HostFacts;
  /** The internet, unless a test stands in for it. */
  network?: Network;
  /** Processor time that the process has used. */
  cpuMicroseconds(): number;
  logFile(): string | undefined;
  /** Who can start the gateway again, once it has ended. */
  restartHost?: RestartHost;
  /** Starts an update of the program; the real updater unless given. */
  launchUpdater?: LaunchUpdater;
  /** Whether changes of the configuration's files are taken over; not unless given. */
  watch?: WatchOptions;
  /** What must not be logged; grows by every secret that comes into force. */
  redaction?: RedactionSet;
  /** Which credentials the command line has, so that those of the configuration are not looked up. */
  credentialFlags?: SurfaceFlags;
}

/** How the files of the configuration are watched. */
export interface WatchOptions {
  /** Throws for a configuration that the gateway would not start with. */
  assertStartable?(config: ConfigSnapshot): void;
  /** The file that was invalid at the start, when an accepted one is served in its stead. */
  readonly rejected?: ConfigRejection | undefined;
  /** Time between two looks; half a second unless given. */
  readonly intervalMs?: number;
}
