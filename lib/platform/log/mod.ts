/**
 * The sinks behind the logger of `lib/base`.
 *
 * @module
 */
export { type ConsoleOutput, consolePrefix, type ConsoleStyle } from "./console_sink.ts";
export { createLogging, type Logging, type LoggingOptions, type LogThresholds } from "./logging.ts";
export { type LogTail, type LogTailQuery, readLogTail } from "./tail.ts";
export { stabilityFolder } from "./paths.ts";
