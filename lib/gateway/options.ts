/**
 * What `openclaw gateway run` was told.
 *
 * @module
 */
import type { Env, LogLevel } from "../base/mod.ts";
import type { WsLogStyle } from "./ws_log.ts";

/** Flags of a gateway in the foreground; an absent one leaves the choice to environment and config. */
export interface GatewayRunOptions {
  port?: number;
  bind?: string;
  token?: string;
  password?: string;
  /** File whose first line is the password. */
  passwordFile?: string;
  auth?: string;
  /** How Tailscale shows the gateway: `off`, `serve` or `funnel`. */
  tailscale?: string;
  /** Takes the exposure by Tailscale back at the end. */
  tailscaleResetOnExit?: boolean;
  logLevel?: LogLevel;
  /** Refuses to start with an invalid file instead of serving the last accepted one. */
  strictConfig?: boolean;
  /** Skips the guard on `gateway.mode`; writes nothing. */
  allowUnconfigured: boolean;
  verbose: boolean;
  /** Ends whatever listens on the port. */
  force: boolean;
  /** Creates a development configuration where there is none. */
  dev: boolean;
  /** Puts the development state aside first. */
  reset: boolean;
  wsLog: WsLogStyle;
  profile: string | undefined;
  env: Env;
}
