/**
 * Brings the options of a command line into the one form `--name` or `--name=value`, and the
 * positional arguments apart from them.
 *
 * The argument parser alone would let a flag eat a following `true`, drop a value that begins with
 * a dash and take a negative number for a bundle of letters.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { commandName, type CommandSpec, findOption, type OptionSpec } from "../table.ts";

/** Options in one form, and everything else. */
export interface JoinedTokens {
  readonly options: string[];
  readonly args: string[];
  /** Whether `--help` or `-h` was among the options. */
  readonly wantsHelp: boolean;
}

/**
 * Joins each option with its value. Unknown options stay as they are, for the parser to refuse.
 *
 * @throws {AppError} `USAGE` when an option has no value or a flag has one.
 */
export function joinValues(tokens: readonly string[], spec: CommandSpec): JoinedTokens {
  const options: string[] = [];
  const args: string[] = [];
  let wantsHelp = false;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token === "--") {
      args.push(...tokens.slice(index + 1));
      break;
    }
    if (!isOptionToken(token)) {
      args.push(token);
      continue;
    }
    const match = matchOption(token, spec);
    if (match === undefined) {
      if (token === "--help" || token === "-h") wantsHelp = true;
      else options.push(token);
      continue;
    }
    const { option, value } = match;
    if (option.type === "flag") {
      if (readFlag(option, value, spec)) options.push(`--${option.name}`);
      continue;
    }
    if (value !== undefined) {
      options.push(`--${option.name}=${value}`);
      continue;
    }
    const next = tokens[index + 1];
    // Help wins over whatever else is wrong with the line.
    if (next === undefined || isKnownToken(next, spec)) {
      if (tokens.slice(index).includes("--help")) return { options, args, wantsHelp: true };
      if (option.bareValue === undefined) throw missingValue(option, spec);
      options.push(`--${option.name}=${option.bareValue}`);
      continue;
    }
    options.push(`--${option.name}=${next}`);
    index++;
  }
  return { options, args, wantsHelp };
}

/** A dash alone and a negative number are arguments. */
function isOptionToken(token: string): boolean {
  return token.length > 1 && token.startsWith("-") && !/^-\d/.test(token);
}

function matchOption(
  token: string,
  spec: CommandSpec,
): { option: OptionSpec; value: string | undefined } | undefined {
  if (token.startsWith("--")) {
    const equals = token.indexOf("=");
    const name = token.slice(2, equals < 0 ? undefined : equals);
    const option = findOption(spec, name);
    return option && { option, value: equals < 0 ? undefined : token.slice(equals + 1) };
  }
  const option = spec.options?.find((candidate) => candidate.short === token[1]);
  if (option === undefined) return undefined;
  if (option.type === "flag") {
    return token.length === 2 ? { option, value: undefined } : undefined;
  }
  return { option, value: token.length === 2 ? undefined : token.slice(2).replace(/^=/, "") };
}

function isKnownToken(token: string, spec: CommandSpec): boolean {
  if (token === "--" || token === "--help") return true;
  return token.startsWith("-") && matchOption(token, spec) !== undefined &&
    (token.startsWith("--") || token.length === 2);
}

function readFlag(option: OptionSpec, value: string | undefined, spec: CommandSpec): boolean {
  if (value === undefined || value === "true") return true;
  if (value === "false") return false;
  throw new AppError("USAGE", `Option --${option.name} takes no value, got "${value}"`, {
    hint: `${commandName(spec.path)} --help`,
  });
}

function missingValue(option: OptionSpec, spec: CommandSpec): AppError {
  return new AppError(
    "USAGE",
    `Option --${option.name} needs a value: --${option.name} <${option.placeholder ?? "value"}>`,
    { hint: `${commandName(spec.path)} --help` },
  );
}
