/**
 * Puts the logger together: levels, redaction, console, file.
 *
 * @module
 */
import {
  type Clock,
  type Env,
  LOG_LEVELS,
  type LogFields,
  type Logger,
  type LogLevel,
} from "../../base/mod.ts";
import { formatLocalIso } from "../clock.ts";
import {
  type ConsoleFormat,
  type ConsoleOutput,
  type ConsoleStyle,
  formatConsoleLine,
  isErrorLevel,
  standardStreams,
} from "./console_sink.ts";
import { FileSink } from "./file_sink.ts";
import { type LogRecord, RecordFormatter, type RecordLevel } from "./record.ts";
import { plainValue } from "./redact_fields.ts";

/** How logging is set up. */
export interface LoggingOptions {
  clock: Clock;
  env: Env;
  /** What the file takes; `silent` means no file. */
  level: LogLevel;
  /** What the console takes. */
  consoleLevel: LogLevel;
  /** `pretty` on a terminal and `compact` elsewhere, when not given. */
  consoleStyle?: ConsoleStyle;
  /** The log file; without one, a file per local day in the usual folder. */
  file?: string;
  /** Folder of the dated files, when not the usual one. */
  folder?: string;
  /** Size at which a log file is rotated; 100 MB when not given. */
  maxFileBytes?: number;
  /** Removes secrets from a text; everything that is logged goes through it. */
  redact: (text: string) => string;
  stdoutIsTty: boolean;
  hostname: string;
  /** Version of this program. */
  version: string;
  /** Config of the gateway that logs: gateways of one machine may share a file. */
  configPath?: string;
  /** Whether stdout belongs to a JSON answer, so that all lines go to stderr. */
  json?: boolean;
  /** Where console lines go, when not to the standard streams. */
  output?: ConsoleOutput;
}

/** Levels that can change while the process runs. */
export interface LogThresholds {
  level?: LogLevel;
  consoleLevel?: LogLevel;
}

/** Logging as one thing to hand around and to close. */
export interface Logging {
  /** The logger of a subsystem such as `gateway/ws`. */
  logger(subsystem: string): Logger;
  /** Today's log file, or `undefined` without one. */
  readonly filePath: string | undefined;
  setLevel(thresholds: LogThresholds): void;
  /** Resolves when everything logged so far has been handed to the system. */
  flush(): Promise<void>;
  /** Writes what is pending and closes the file. The console goes on. */
  close(): Promise<void>;
}

const DEFAULT_MAX_FILE_BYTES = 100 * 1024 * 1024;

/**
 * Sets up logging. Nothing is opened before the first record, and no call ever throws: a file that
 * cannot be written costs one warning on the console.
 *
 * Console lines show the message alone (fields only in the `json` style): a message must make sense
 * without its fields.
 */
export function createLogging(options: LoggingOptions): Logging {
  return new LoggingCore(options);
}

class LoggingCore implements Logging {
  readonly #options: LoggingOptions;
  readonly #console: ConsoleFormat;
  readonly #output: ConsoleOutput;
  readonly #sink: FileSink;
  readonly #loggers = new Map<string, Logger>();
  readonly #onUnload: () => void;
  #level: number;
  #consoleLevel: number;

  constructor(options: LoggingOptions) {
    this.#options = options;
    this.#level = LOG_LEVELS.indexOf(options.level);
    this.#consoleLevel = LOG_LEVELS.indexOf(options.consoleLevel);
    this.#console = {
      style: options.consoleStyle ?? (options.stdoutIsTty ? "pretty" : "compact"),
      hasColor: hasColor(options.env, options.stdoutIsTty),
    };
    this.#output = options.output ?? standardStreams();
    this.#sink = new FileSink({
      clock: options.clock,
      env: options.env,
      file: options.file,
      maxFileBytes: options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES,
      ...(options.folder === undefined ? {} : { folder: options.folder }),
      onFailure: (message) => this.#warnAboutFile(message),
    });
    // A process that just ends must not lose its last lines.
    this.#onUnload = () => this.#sink.flushSync();
    globalThis.addEventListener("unload", this.#onUnload);
  }

  get filePath(): string | undefined {
    return this.#level === 0 ? undefined : this.#sink.path;
  }

  logger(subsystem: string): Logger {
    const known = this.#loggers.get(subsystem);
    if (known !== undefined) return known;
    const { hostname, version, configPath } = this.#options;
    const formatter = new RecordFormatter(subsystem, hostname, version, configPath);
    const at = (level: RecordLevel) => {
      const rank = LOG_LEVELS.indexOf(level);
      return (message: string, fields?: LogFields) =>
        this.#log(level, rank, subsystem, formatter, message, fields);
    };
    const logger: Logger = {
      subsystem,
      trace: at("trace"),
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      fatal: at("fatal"),
      child: (name) => this.logger(`${subsystem}/${name}`),
    };
    this.#loggers.set(subsystem, logger);
    return logger;
  }

  setLevel(thresholds: LogThresholds): void {
    const { level, consoleLevel } = thresholds;
    if (level !== undefined) this.#level = LOG_LEVELS.indexOf(level);
    if (consoleLevel !== undefined) this.#consoleLevel = LOG_LEVELS.indexOf(consoleLevel);
  }

  flush(): Promise<void> {
    this.#sink.flushSync();
    return Promise.resolve();
  }

  close(): Promise<void> {
    globalThis.removeEventListener("unload", this.#onUnload);
    this.#sink.close();
    return Promise.resolve();
  }

  #log(
    level: RecordLevel,
    rank: number,
    subsystem: string,
    formatter: RecordFormatter,
    message: string,
    fields: LogFields | undefined,
  ): void {
    const isForFile = rank <= this.#level;
    const isForConsole = rank <= this.#consoleLevel;
    if (!isForFile && !isForConsole) return;
    try {
      const record = this.#record(level, subsystem, message, fields);
      if (isForConsole) this.#print(record);
      if (!isForFile) return;
      this.#sink.append(formatter.format(record));
      // The process may be about to end.
      if (level === "fatal" || level === "error") this.#sink.flushSync();
    } catch (error) {
      // A field with a throwing getter, say: the message matters more than its fields.
      if (fields !== undefined) {
        this.#log(level, rank, subsystem, formatter, message, undefined);
      } else this.#output.writeErr(`[logging] Cannot write a log record: ${error}\n`);
    }
  }

  #record(
    level: RecordLevel,
    subsystem: string,
    message: string,
    fields: LogFields | undefined,
  ): LogRecord {
    const { clock, redact } = this.#options;
    const timeMs = clock.now();
    return {
      level,
      subsystem,
      message: redact(String(message)),
      fields: fields === undefined ? undefined : plainValue(fields, redact) as LogFields,
      timeMs,
      time: formatLocalIso(timeMs),
    };
  }

  #print(record: LogRecord): void {
    const line = formatConsoleLine(record, this.#console);
    const isErr = this.#options.json === true || isErrorLevel(record.level);
    if (isErr) this.#output.writeErr(line);
    else this.#output.writeOut(line);
  }

  #warnAboutFile(message: string): void {
    if (LOG_LEVELS.indexOf("warn") > this.#consoleLevel) return;
    this.#print(this.#record("warn", "logging", message, undefined));
  }
}

/** Colours follow `NO_COLOR` and `FORCE_COLOR`, and else the terminal. */
function hasColor(env: Env, stdoutIsTty: boolean): boolean {
  if (env.get("NO_COLOR")) return false;
  const forced = env.get("FORCE_COLOR");
  return forced === undefined || forced === "" ? stdoutIsTty : forced !== "0";
}
