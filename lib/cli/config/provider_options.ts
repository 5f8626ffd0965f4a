/**
 * The options of `config set` that describe a provider of secrets, and the object they make.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../base/mod.ts";
import type { OptionValues } from "../parsing/option_values.ts";
import type { OptionSpec, OptionType } from "../table.ts";

type Row = readonly [
  name: string,
  key: string,
  type: OptionType,
  placeholder: string,
  description: string,
];

const ROWS: readonly Row[] = [
  ["source", "source", "text", "kind", "Set a provider of secrets: env, file or exec"],
  ["allowlist", "allowlist", "list", "name", "Variable that may be read; may be repeated"],
  ["path", "path", "text", "path", "File with the secrets"],
  ["mode", "mode", "text", "mode", "Form of the file: json or singleValue"],
  ["max-bytes", "maxBytes", "integer", "n", "Largest file"],
  ["timeout-ms", "timeoutMs", "integer", "ms", "Time the provider has to answer"],
  ["command", "command", "text", "path", "Program that answers, by its absolute path"],
  ["arg", "args", "list", "text", "Argument of the program; may be repeated"],
  ["no-output-timeout-ms", "noOutputTimeoutMs", "integer", "ms", "Longest silence of the program"],
  ["max-output-bytes", "maxOutputBytes", "integer", "n", "Longest output of the program"],
  ["json-only", "jsonOnly", "flag", "", "Accept only the JSON protocol"],
  ["env", "env", "list", "name=text", "Variable for the program; may be repeated"],
  ["pass-env", "passEnv", "list", "name", "Variable that is passed on; may be repeated"],
  ["trusted-dir", "trustedDirs", "list", "path", "Folder the program may be in; may be repeated"],
  ["allow-insecure-path", "allowInsecurePath", "flag", "", "Skip the checks on owner and mode"],
  ["allow-symlink-command", "allowSymlinkCommand", "flag", "", "Allow a symbolic link as program"],
];

/** The options, as data. */
export const PROVIDER_OPTIONS: readonly OptionSpec[] = ROWS.map((
  [name, _key, type, placeholder, description],
) => ({
  name: `provider-${name}`,
  type,
  description,
  ...(placeholder === "" ? {} : { placeholder }),
}));

/**
 * The provider that the options describe; `undefined` when none is given.
 *
 * @throws {AppError} `USAGE` when its source or the name of a variable is missing.
 */
export function providerOf(options: OptionValues): JsonObject | undefined {
  const provider: JsonObject = {};
  for (const [name, key, type] of ROWS) {
    const option = `provider-${name}`;
    if (!options.has(option)) continue;
    if (type === "list") provider[key] = listValue(key, options.list(option));
    else if (type === "integer") provider[key] = options.number(option);
    else provider[key] = type === "flag" ? options.flag(option) : options.text(option);
  }
  if (Object.keys(provider).length === 0) return undefined;
  if (provider.source === undefined) throw usage("a provider needs --provider-source");
  return provider;
}

function listValue(key: string, values: readonly string[]): unknown {
  if (key !== "env") return values;
  return Object.fromEntries(values.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw usage(`--provider-env takes name=text, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  }));
}

function usage(why: string): AppError {
  return new AppError("USAGE", `Cannot tell what to set: ${why}`, {
    hint: "openclaw config set --help",
  });
}
