/**
 * What the rest of the code logs through; the sinks are in `lib/platform/log`.
 *
 * @module
 */

/** Severities, quietest first. */
export const LOG_LEVELS = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** One of {@linkcode LOG_LEVELS}; as a threshold it lets itself and all quieter ones through. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Facts beside a log message; values are redacted before they are written. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A logger bound to one subsystem such as `gateway/ws`. */
export interface Logger {
  readonly subsystem: string;
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  fatal(message: string, fields?: LogFields): void;
  /** A logger for `<this subsystem>/<name>`. */
  child(name: string): Logger;
}

/** A logger that drops everything, for tests and for commands that must stay silent. */
export const silentLogger: Logger = {
  subsystem: "",
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => silentLogger,
};
