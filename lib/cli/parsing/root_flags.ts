/**
 * The flags that may stand anywhere before `--`: profile, colour, log level, version.
 *
 * @module
 */
import { AppError, LOG_LEVELS, type LogLevel } from "../../base/mod.ts";
import type { OptionSpec, RootFlags } from "../table.ts";

/** The root flags as help and completion show them. */
export const ROOT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "profile",
    type: "text",
    placeholder: "name",
    description: "Use a named profile with its own state folder and config",
    env: "OPENCLAW_PROFILE",
  },
  {
    name: "dev",
    type: "flag",
    description: "Use the profile dev on port 19001; behind the word gateway a flag of gateway",
  },
  { name: "no-color", type: "flag", description: "Write no colour", env: "NO_COLOR" },
  {
    name: "log-level",
    type: "text",
    placeholder: "level",
    description: "Threshold for the log file and the console",
    choices: LOG_LEVELS,
    env: "OPENCLAW_LOG_LEVEL",
  },
  {
    name: "container",
    type: "text",
    placeholder: "name",
    description: "Run inside a container (refused by this build)",
    hidden: true,
  },
  { name: "version", short: "V", type: "flag", description: "Show the version" },
  { name: "help", short: "h", type: "flag", description: "Show help" },
];

/** A bad root flag: shown as `[openclaw] <text>`, exit code 2. */
export class RootFlagError extends AppError {
  constructor(
    code: "USAGE" | "PROFILE_INVALID" | "CONTAINER_UNSUPPORTED",
    message: string,
    hint?: string,
  ) {
    super(code, message, hint === undefined ? {} : { hint });
  }
}

/** The root flags and what is left of the command line without them. */
export interface RootParse {
  readonly flags: RootFlags;
  readonly wantsVersion: boolean;
  readonly rest: readonly string[];
}

/**
 * Takes the root flags out of a command line.
 *
 * `--version` counts only before the first word, so that it can be the value of a later option.
 *
 * @throws {RootFlagError} For a missing or impossible value.
 */
export function parseRootFlags(args: readonly string[]): RootParse {
  const scan = new Scan(args);
  while (scan.step());
  if (scan.isDev && scan.profile !== undefined) {
    throw new RootFlagError(
      "PROFILE_INVALID",
      "Cannot combine --dev with --profile, --dev is the profile dev",
    );
  }
  return {
    flags: {
      isDev: scan.isDev,
      profile: scan.profile,
      noColor: scan.noColor,
      logLevel: scan.logLevel,
    },
    wantsVersion: scan.wantsVersion || (args.length === 1 && args[0] === "-v"),
    rest: scan.rest,
  };
}

class Scan {
  readonly rest: string[] = [];
  isDev = false;
  noColor = false;
  wantsVersion = false;
  profile: string | undefined;
  logLevel: LogLevel | undefined;
  readonly #args: readonly string[];
  #index = 0;
  #firstWord: string | undefined;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** Reads one argument; answers whether there may be more. */
  step(): boolean {
    const arg = this.#args[this.#index++];
    if (arg === undefined) return false;
    if (arg === "--") {
      this.rest.push(arg, ...this.#args.slice(this.#index));
      return false;
    }
    if (!this.#takeFlag(arg)) {
      if (!arg.startsWith("-")) this.#firstWord ??= arg;
      this.rest.push(arg);
    }
    return true;
  }

  #takeFlag(arg: string): boolean {
    const [name, inline] = splitInline(arg);
    if (name === "--profile") {
      this.profile = this.#value(name, inline);
    } else if (name === "--log-level") {
      this.logLevel = parseLogLevel(this.#value(name, inline));
    } else if (name === "--container") {
      throw new RootFlagError(
        "CONTAINER_UNSUPPORTED",
        `Cannot use --container "${this.#value(name, inline)}": not supported in this build`,
        "run openclaw inside the container, for example: podman exec -it <name> openclaw status",
      );
    } else if (arg === "--no-color") {
      this.noColor = true;
    } else if (arg === "--dev" && this.#firstWord !== "gateway") {
      this.isDev = true;
    } else if ((arg === "--version" || arg === "-V") && this.#firstWord === undefined) {
      this.wantsVersion = true;
    } else {
      return false;
    }
    return true;
  }

  #value(name: string, inline: string | undefined): string {
    const value = inline ?? this.#args[this.#index];
    if (value === undefined || value === "" || (inline === undefined && value.startsWith("-"))) {
      throw new RootFlagError(
        "USAGE",
        `Missing value for ${name}`,
        `openclaw ${name} <value> status`,
      );
    }
    if (inline === undefined) this.#index++;
    return value;
  }
}

function splitInline(arg: string): [string, string | undefined] {
  const equals = arg.indexOf("=");
  if (!arg.startsWith("--") || equals < 0) return [arg, undefined];
  return [arg.slice(0, equals), arg.slice(equals + 1)];
}

function parseLogLevel(value: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value);
  if (level !== undefined) return level;
  throw new RootFlagError(
    "USAGE",
    `Invalid --log-level "${value}", use one of: ${LOG_LEVELS.join(", ")}`,
  );
}
