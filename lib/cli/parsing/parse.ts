/**
 * From words to a command: finds the command in the table, then reads its options and arguments.
 *
 * Strict: an option, argument or value that the table does not know is refused with the name that
 * was probably meant.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { AppError, nearest } from "../../base/mod.ts";
import { joinValues } from "./join_values.ts";
import { OptionValues } from "./option_values.ts";
import { readOptionValue } from "./read_option_value.ts";
import {
  childrenOf,
  commandName,
  type CommandSpec,
  findCommand,
  findOption,
  type OptionSpec,
} from "../table.ts";

/** A command line that was understood. */
export interface Invocation {
  readonly spec: CommandSpec;
  readonly wantsHelp: boolean;
  readonly options: OptionValues;
  readonly args: readonly string[];
}

/**
 * Understands a command line.
 *
 * @param tokens The arguments without root flags.
 * @throws {AppError} `UNKNOWN_COMMAND` or `USAGE`.
 */
export function parseInvocation(
  tokens: readonly string[],
  table: readonly CommandSpec[],
): Invocation {
  const { spec, own } = findSpec(tokens, table);
  const joined = joinValues(own, spec);
  if (joined.wantsHelp) {
    return { spec, wantsHelp: true, options: new OptionValues(), args: [] };
  }
  // An unknown option leaves its value behind as a word: the option is what to complain about.
  const options = readOptions(joined.options, spec);
  const [word] = joined.args;
  if (word !== undefined && (spec.args ?? []).length === 0) {
    refuseWord(word, spec, table);
  }
  checkArgumentCount(joined.args, spec);
  return { spec, wantsHelp: false, options, args: joined.args };
}

/** Walks down the table, stepping over options that stand between the words of the path. */
function findSpec(
  tokens: readonly string[],
  table: readonly CommandSpec[],
): { spec: CommandSpec; own: string[] } {
  let path: readonly string[] = [];
  let spec = findCommand(table, path)!;
  const own: string[] = [];
  let index = 0;
  for (; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token === "--") break;
    if (token.startsWith("-")) {
      own.push(token);
      if (takesNextToken(token, spec) && tokens[index + 1] !== undefined) {
        own.push(tokens[++index]!);
      }
      continue;
    }
    const child = findCommand(table, [...path, token]);
    if (child === undefined) break;
    spec = child;
    path = child.path;
  }
  return { spec, own: [...own, ...tokens.slice(index)] };
}

function takesNextToken(token: string, spec: CommandSpec): boolean {
  if (token.includes("=")) return false;
  const option = token.startsWith("--")
    ? findOption(spec, token.slice(2))
    : spec.options?.find((candidate) => candidate.short === token.slice(1));
  return option !== undefined && option.type !== "flag";
}

function refuseWord(word: string, spec: CommandSpec, table: readonly CommandSpec[]): never {
  const children = childrenOf(table, spec.path);
  if (children.length === 0) {
    throw usageError(`Too many arguments for "${commandName(spec.path)}": "${word}"`, spec);
  }
  const names = children.flatMap((child) => [child.path.at(-1)!, ...(child.aliases ?? [])]);
  const guess = nearest(word, names);
  const meant = guess === undefined ? "" : `, did you mean "${guess}"`;
  throw new AppError(
    "UNKNOWN_COMMAND",
    `Unknown command: ${commandName([...spec.path, word])}${meant}`,
    { hint: `${commandName(spec.path)} --help` },
  );
}

function checkArgumentCount(args: readonly string[], spec: CommandSpec): void {
  const known = spec.args ?? [];
  const missing = known.find((argument, index) => argument.required && index >= args.length);
  if (missing !== undefined) {
    throw usageError(`Missing required argument "${missing.name}"`, spec);
  }
  if (args.length > known.length && !known.at(-1)?.variadic) {
    throw usageError(
      `Too many arguments for "${commandName(spec.path)}": "${args[known.length]}"`,
      spec,
    );
  }
  known.forEach((argument, index) => {
    const value = args[index];
    if (value === undefined || argument.choices === undefined) return;
    if (!argument.choices.includes(value)) {
      throw usageError(
        `Invalid ${argument.name} "${value}", use one of: ${argument.choices.join(", ")}`,
        spec,
      );
    }
  });
}

function readOptions(tokens: readonly string[], spec: CommandSpec): OptionValues {
  const options = spec.options ?? [];
  const parsed = parseArgs(tokens, {
    boolean: options.filter((option) => option.type === "flag").map((option) => option.name),
    string: options.filter((option) => option.type !== "flag").map((option) => option.name),
    collect: options.filter((option) => option.type === "list").map((option) => option.name),
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownOption(arg, spec);
    },
  });
  const values = new Map<string, ReturnType<typeof readOptionValue>>();
  for (const option of options) {
    if (tokens.some((token) => isToken(token, option))) {
      values.set(option.name, readOptionValue(option, parsed[option.name], spec));
    }
  }
  return new OptionValues(values);
}

function isToken(token: string, option: OptionSpec): boolean {
  return token === `--${option.name}` || token.startsWith(`--${option.name}=`);
}

function unknownOption(arg: string, spec: CommandSpec): AppError {
  const typed = arg.split("=", 1)[0]!;
  const names = (spec.options ?? []).filter((option) => !option.hidden)
    .map((option) => `--${option.name}`);
  const guess = nearest(typed, [...names, "--help"]);
  const meant = guess === undefined ? "" : `, did you mean "${guess}"`;
  return usageError(`Unknown option "${typed}" for "${commandName(spec.path)}"${meant}`, spec);
}

/** A `USAGE` error whose hint is the help of `spec`. */
export function usageError(message: string, spec: CommandSpec): AppError {
  return new AppError("USAGE", message, { hint: `${commandName(spec.path)} --help` });
}
