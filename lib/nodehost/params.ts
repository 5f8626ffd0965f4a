/**
 * Reads the parameters of commands; the messages are those that callers of nodes know.
 *
 * @module
 */
import { AppError, isObject } from "../base/mod.ts";
import type { CommandParams } from "./types.ts";

/** A refusal of the parameters. */
export function badParams(message: string): AppError {
  return new AppError("INVALID_REQUEST", message);
}

/** An optional text; blank and `null` count as absent. */
export function optionalText(params: CommandParams, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badParams(`INVALID_REQUEST: ${name} must be a string`);
  return value.trim() === "" ? undefined : value;
}

/** An optional whole number within bounds; a larger one counts as the largest. */
export function optionalCount(
  params: CommandParams,
  name: string,
  max: number,
): number | undefined {
  const value = params[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !(value > 0)) {
    throw badParams(`INVALID_REQUEST: ${name} must be a number > 0`);
  }
  return Math.min(Math.ceil(value), max);
}

/** The words of a command, the first of which is not blank. */
export function commandWords(params: CommandParams): string[] {
  const { command } = params;
  if (!Array.isArray(command) || command.length === 0) throw badParams("command required");
  if (!command.every((word) => typeof word === "string")) {
    throw badParams("INVALID_REQUEST: command must be an array of strings");
  }
  if (command[0]!.trim() === "") throw badParams("command required");
  if (command.some((word) => word.includes("\0"))) {
    throw badParams("INVALID_REQUEST: command has a NUL character");
  }
  // The system would get another character than the one that was judged.
  if (!command.every((word) => word.isWellFormed())) {
    throw badParams("INVALID_REQUEST: command has half of a character");
  }
  return [...command];
}

/** Variables by name; `undefined` and an empty object are the same. */
export function variables(params: CommandParams): Record<string, string> {
  const { env } = params;
  if (env === undefined || env === null) return {};
  if (!isObject(env)) throw badParams("INVALID_REQUEST: env must be an object");
  const entries = Object.entries(env);
  if (entries.some(([, value]) => typeof value !== "string" || value.includes("\0"))) {
    throw badParams("INVALID_REQUEST: env values must be strings");
  }
  return Object.fromEntries(entries) as Record<string, string>;
}
