/**
 * What a gateway is started with.
 *
 * @module
 */
import type { Clock, Logger, RedactionSet } from "../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../config/mod.ts";
import type { Network, RunCommand } from "../platform/mod.ts";
import type { SurfaceFlags } from "../secrets/mod.ts";
import type { SharedSecret } from "./authenticator.ts";
import type { GuardOptions } from "./listener.ts";
import type { HostFacts } from "./presence.ts";
import type { RestartHost } from "./restart/restarter.ts";
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
  /** How the guard of non-loopback addresses differs from its own settings. */
  guard?: Partial<GuardOptions>;
  /** `gateway.handshakeTimeoutMs` or its variable; the protocol's default when absent. */
  handshakeTimeoutMs?: number;
  facts: HostFacts;
  /** The internet, unless a test stands in for it. */
  network?: Network;
  /** Processor time that the process has used. */
  cpuMicroseconds(): number;
  logFile(): string | undefined;
  /** Who can start the gateway again, once it has ended. */
  restartHost?: RestartHost;
  /** What must not be logged; grows by every secret that comes into force. */
  redaction?: RedactionSet;
  /** Which credentials the command line has, so that those of the configuration are not looked up. */
  credentialFlags?: SurfaceFlags;
}
