/**
 * Checks the value of one option against its definition.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { OptionValue } from "./option_values.ts";
import { commandName, type CommandSpec, type OptionSpec } from "../table.ts";

/**
 * The typed value of an option.
 *
 * @param raw What the argument parser made of it.
 * @throws {AppError} `USAGE` or, for a port, `PORT_INVALID`.
 */
export function readOptionValue(option: OptionSpec, raw: unknown, spec: CommandSpec): OptionValue {
  if (option.type === "flag") return raw === true;
  if (option.type === "list") return Array.isArray(raw) ? raw.map(String) : [String(raw)];
  const text = String(raw);
  if (option.type === "port") return parsePort(option, text, spec);
  if (option.type === "integer") return parseCount(option, text, spec);
  if (option.choices !== undefined && !option.choices.includes(text)) {
    throw new AppError(
      "USAGE",
      `Invalid --${option.name} "${text}", use one of: ${option.choices.join(", ")}`,
      { hint: `${commandName(spec.path)} --help` },
    );
  }
  return text;
}

function parsePort(option: OptionSpec, text: string, spec: CommandSpec): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new AppError(
    "PORT_INVALID",
    `Invalid --${option.name}. Use a port number from 1 to 65535, for example 18789.`,
    { hint: `${commandName(spec.path)} --${option.name} 18789`, details: { value: text } },
  );
}

function parseCount(option: OptionSpec, text: string, spec: CommandSpec): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new AppError(
    "USAGE",
    `Invalid --${option.name} "${text}", use a whole number such as ${option.default ?? "10"}`,
    { hint: `${commandName(spec.path)} --help` },
  );
}
