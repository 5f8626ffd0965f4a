/**
 * The JSON5 object that `config patch` and `config apply` are given.
 *
 * @module
 */
import { AppError, errorMessage, isObject, type JsonObject } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";

/** A text and what it says. */
export interface Payload {
  readonly text: string;
  readonly value: JsonObject;
}

/**
 * Reads the object from `--file` or `--stdin`.
 *
 * @throws {AppError} `USAGE` when neither or both are given, or it is no object; the code of a failed
 * read.
 */
export async function readPayload(context: CommandContext): Promise<Payload> {
  const { options, host, spec } = context;
  const file = options.text("file");
  const usesInput = options.flag("stdin");
  const help = `openclaw ${spec.path.join(" ")} --help`;
  if ((file === undefined) === !usesInput) {
    throw new AppError(
      "USAGE",
      "Cannot tell where to read from: give --file or --stdin, not both",
      {
        hint: help,
      },
    );
  }
  const text = file === undefined ? await host.readInput() : await readGivenFile(file);
  return { text, value: asObject(await parseGiven(text, help), help) };
}

/**
 * Reads a file that was named on the command line.
 *
 * @throws {AppError} `USAGE` when there is none, or the code of the failure.
 */
export async function readGivenFile(path: string): Promise<string> {
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  const text = await readTextFileIfExists(path);
  if (text !== undefined) return text;
  throw new AppError("USAGE", `Cannot read "${path}": there is no such file`, {
    hint: "Check the path with: ls",
  });
}

/** The value of a JSON5 text. @throws {AppError} `USAGE` when it is none. */
export async function parseGiven(text: string, hint: string): Promise<unknown> {
  const { default: JSON5 } = await import("json5");
  try {
    return JSON5.parse(text);
  } catch (error) {
    throw new AppError("USAGE", `Cannot read the input as JSON5: ${errorMessage(error)}`, {
      hint,
      cause: error,
    });
  }
}

function asObject(value: unknown, hint: string): JsonObject {
  if (isObject(value)) return value;
  throw new AppError("USAGE", "Cannot use the input: expected an object", { hint });
}
