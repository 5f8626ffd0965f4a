/**
 * How much is logged, and where.
 *
 * @module
 */
import { AppError, type Env, LOG_LEVELS, type LogLevel, nearest } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";

const DEFAULT_MAX_FILE_BYTES = 100_000_000;

/** Logging with defaults filled in. */
export interface ResolvedLogging {
  readonly level: LogLevel;
  readonly consoleLevel: LogLevel;
  readonly consoleStyle: "pretty" | "compact" | "json";
  /** Absent for the dated file in the temporary folder. */
  readonly file?: string;
  readonly maxFileBytes: number;
  readonly redactSensitive: "tools" | "off";
  readonly redactPatterns: readonly string[];
}

/** What decides the logging. */
export interface LoggingOptions {
  readonly config: OpenClawConfig;
  readonly env: Env;
  /** Value of `--log-level`; counts for file and console. */
  readonly levelFlag?: string | undefined;
  readonly isTty: boolean;
}

/**
 * Decides the logging: flag, `OPENCLAW_LOG_LEVEL`, `logging`, defaults.
 *
 * @throws {AppError} `LOG_LEVEL_INVALID` when the flag is no level. A bad variable is passed over.
 */
export function resolveLogging(options: LoggingOptions): ResolvedLogging {
  const { config: { logging = {} }, env, levelFlag, isTty } = options;
  const forced = flagLevel(levelFlag) ?? asLevel(env.get("OPENCLAW_LOG_LEVEL"));
  const level = forced ?? logging.level ?? "info";
  const file = logging.file?.trim();
  return {
    level,
    consoleLevel: forced ?? logging.consoleLevel ?? level,
    consoleStyle: logging.consoleStyle ?? (isTty ? "pretty" : "compact"),
    ...(file ? { file } : {}),
    maxFileBytes: logging.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES,
    redactSensitive: logging.redactSensitive ?? "tools",
    redactPatterns: logging.redactPatterns ?? [],
  };
}

function flagLevel(text: string | undefined): LogLevel | undefined {
  if (text === undefined) return undefined;
  const level = asLevel(text);
  if (level) return level;
  throw new AppError(
    "LOG_LEVEL_INVALID",
    `Invalid --log-level "${text}". Use ${LOG_LEVELS.join(", ")}.`,
    { hint: `openclaw --log-level ${nearest(text, LOG_LEVELS) ?? "info"} gateway run` },
  );
}

function asLevel(text: string | undefined): LogLevel | undefined {
  const wanted = text?.trim().toLowerCase();
  return LOG_LEVELS.find((level) => level === wanted);
}
