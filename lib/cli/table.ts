/**
 * What a command is and what it is handed: the one definition that parsing, help, completion and the
 * reference page are made from. Holds types and look-ups only; the table itself is in `commands.ts`.
 *
 * @module
 */
import type { Clock, Env, LogLevel } from "../base/mod.ts";
import type { CliHost } from "./host.ts";
import type { OptionValues } from "./parsing/option_values.ts";
import type { Output } from "./output.ts";

/**
 * How the value of an option is read: `flag` takes none, `integer` is zero or more, `port` is 1 to
 * 65535, `list` may be repeated.
 */
export type OptionType = "flag" | "text" | "integer" | "port" | "list";

/** One option of a command. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  /** Further long names for the same option. */
  readonly aliases?: readonly string[];
  readonly type: OptionType;
  /** What stands for the value in help, such as `url`. */
  readonly placeholder?: string;
  /** The value of the option where it stands alone; without this one it needs a value. */
  readonly bareValue?: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** Shown in help; the command applies it. */
  readonly default?: string;
  /** The environment variable that is looked up when the option is absent. */
  readonly env?: string;
  /** Accepted, but shown nowhere. */
  readonly hidden?: boolean;
}

/** One positional argument. */
export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  /** Takes all further words; only the last argument can. */
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
}

/** A command line worth showing. */
export interface ExampleSpec {
  readonly command: string;
  readonly description: string;
}

/** The code of a command, loaded when it is run. */
export interface CommandModule {
  /** Runs the command and answers with the exit code of the process. */
  run(context: CommandContext): Promise<number>;
}

/** One command or group of commands. */
export interface CommandSpec {
  /** The words after `openclaw`; empty for the program itself. */
  readonly path: readonly string[];
  /** Other names for the last word of the path. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly details?: string;
  readonly args?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples?: readonly ExampleSpec[];
  /** Absent for a group that only holds other commands: it shows its help. */
  readonly load?: () => Promise<CommandModule>;
}

/** The root flags that outlive parsing. */
export interface RootFlags {
  readonly isDev: boolean;
  readonly profile: string | undefined;
  readonly noColor: boolean;
  readonly logLevel: LogLevel | undefined;
}

/** One run of one command. */
export interface CommandContext {
  readonly spec: CommandSpec;
  /** All commands. */
  readonly table: readonly CommandSpec[];
  /** Positional arguments, in order. */
  readonly args: readonly string[];
  readonly options: OptionValues;
  readonly root: RootFlags;
  /** The profile in force; absent for the default one. */
  readonly profile: string | undefined;
  readonly host: CliHost;
  /** The environment with the root flags applied. */
  readonly env: Env;
  readonly clock: Clock;
  readonly out: Output;
  /** `command` (without `openclaw`) as the user has to type it, the active profile included. */
  say(command: string): string;
}

/** The command whose path is exactly `path`, aliases counted. */
export function findCommand(
  table: readonly CommandSpec[],
  path: readonly string[],
): CommandSpec | undefined {
  return table.find((spec) => spec.path.length === path.length && matches(spec, path));
}

function matches(spec: CommandSpec, path: readonly string[]): boolean {
  return spec.path.every((word, index) =>
    word === path[index] ||
    (index === path.length - 1 && (spec.aliases?.includes(path[index]!) ?? false))
  );
}

/** The commands one word below `path`, in table order. */
export function childrenOf(
  table: readonly CommandSpec[],
  path: readonly string[],
): CommandSpec[] {
  return table.filter((spec) =>
    spec.path.length === path.length + 1 && path.every((word, index) => word === spec.path[index])
  );
}

/** The option of `spec` that a long name stands for. */
export function findOption(spec: CommandSpec, name: string): OptionSpec | undefined {
  return spec.options?.find((option) => option.name === name || option.aliases?.includes(name));
}

/** `openclaw` and the words of the path. */
export function commandName(path: readonly string[]): string {
  return ["openclaw", ...path].join(" ");
}
