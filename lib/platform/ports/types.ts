/**
 * What is known of the programs that listen on a port.
 *
 * @module
 */

/** One program listening on a port, as far as this user may see it. */
export interface PortListener {
  pid?: number;
  /** Short name of the program. */
  command?: string;
  /** With arguments. */
  commandLine?: string;
  user?: string;
  ppid?: number;
  /** Such as `127.0.0.1:18789` or `[::1]:18789`. */
  address?: string;
}

/** The state of a port of this machine. */
export interface PortUsage {
  port: number;
  status: "free" | "busy" | "unknown";
  listeners: PortListener[];
  /** What the operator can do about it, one sentence each. */
  hints: string[];
}
