/**
 * Changes values in the text of a configuration and leaves every other byte of it alone.
 *
 * The text is parsed with the places of its parts, the smallest changes that lead to the wanted value
 * are cut into it one after another, and the result is parsed again by the parser that loads
 * configurations. Where it does not say exactly what was wanted, nothing is returned.
 *
 * @module
 */
import { AppError, errorMessage, isObject, type JsonObject } from "../../base/mod.ts";
import { listPosition, lookup } from "../lookup.ts";
import { parseConfigText } from "../parse.ts";
import { formatPath, parsePath, type Path } from "../path_syntax.ts";
import { sameJson } from "./compare.ts";
import { diffValues } from "./diff.ts";
import type { DecodeKey } from "./nodes.ts";
import { applyChange } from "./splice.ts";
import { readStyle } from "./style.ts";

const MAX_CHANGES = 200;
const NEW_FILE = "{}\n";

/**
 * The text with `value` at `path`; objects on the way are created.
 *
 * @param raw Text of the file; empty for a new one.
 * @param path Such as `gateway.port`, or already in parts.
 * @param value Any JSON value.
 * @throws {AppError} `CONFIG_UNREADABLE`, `CONFIG_PATH_INVALID` or `CONFIG_EDIT_UNSURE`
 */
export async function setConfigValue(
  raw: string,
  path: string | Path,
  value: unknown,
): Promise<string> {
  const parts = typeof path === "string" ? parsePath(path) : path;
  const text = raw.trim() === "" ? NEW_FILE : raw;
  const current = await parseOrThrow(text);
  return await editConfig(text, withValue(current, parts, asJson(value, parts)));
}

/**
 * The text without what is at `path`.
 *
 * @throws {AppError} `CONFIG_UNREADABLE`, `CONFIG_PATH_INVALID`, `CONFIG_PATH_NOT_FOUND` or
 * `CONFIG_EDIT_UNSURE`
 */
export async function unsetConfigValue(raw: string, path: string | Path): Promise<string> {
  const parts = typeof path === "string" ? parsePath(path) : path;
  const current = raw.trim() === "" ? {} : await parseOrThrow(raw);
  if (!lookup(current, parts).found) {
    throw new AppError("CONFIG_PATH_NOT_FOUND", `Config path not found: ${formatPath(parts)}`, {
      hint: `openclaw config schema ${parts.length > 1 ? formatPath(parts.slice(0, 1)) : ""}`
        .trim(),
    });
  }
  return await editConfig(raw, withoutValue(current, parts));
}

/**
 * The text changed so that it says `wanted`, with as little change as possible.
 *
 * @throws {AppError} `CONFIG_UNREADABLE` or `CONFIG_EDIT_UNSURE`
 */
export async function editConfig(raw: string, wanted: JsonObject): Promise<string> {
  const source = raw.trim() === "" ? NEW_FILE : raw;
  const mark = source.startsWith("\uFEFF") ? "\uFEFF" : "";
  const body = source.slice(mark.length);
  const current = await parseOrThrow(body);
  const changes = diffValues(current, wanted);
  if (changes.length === 0) return raw;
  const limited = changes.length > MAX_CHANGES ? diffValues(current, wanted, 1) : changes;
  const decodeKey = await keyDecoder();
  let text = body;
  try {
    const style = readStyle(body);
    for (const change of limited) text = applyChange(text, change, style, decodeKey);
  } catch (error) {
    throw unsure(errorMessage(error), error);
  }
  const result = await parseConfigText(text);
  if (!result.ok) throw unsure(result.message);
  if (!sameJson(result.value, wanted)) throw unsure("the changed text says something else");
  return mark + text;
}

/** Reads keys with escapes by the parser that loads configurations. */
async function keyDecoder(): Promise<DecodeKey> {
  const json5 = (await import("json5")).default;
  return (token) => Object.keys(json5.parse<JsonObject>(`{${token}:0}`))[0] ?? "";
}

async function parseOrThrow(text: string): Promise<JsonObject> {
  const parsed = await parseConfigText(text);
  if (parsed.ok) return parsed.value;
  throw new AppError("CONFIG_UNREADABLE", `Cannot edit config: ${parsed.message}`, {
    hint: "openclaw config validate",
  });
}

function unsure(why: string, cause?: unknown): AppError {
  return new AppError("CONFIG_EDIT_UNSURE", `Cannot edit config and keep the rest of it: ${why}`, {
    hint: "Change the file in an editor, then: openclaw config validate",
    cause,
  });
}

/** `value` as it is after being written and read. */
function asJson(value: unknown, path: Path): unknown {
  const text = JSON.stringify(value);
  if (text === undefined) {
    throw new AppError(
      "CONFIG_PATH_INVALID",
      `Cannot set "${formatPath(path)}": the value has no JSON form`,
      { hint: "openclaw config unset <path>" },
    );
  }
  return JSON.parse(text);
}

function withValue(root: JsonObject, path: Path, value: unknown): JsonObject {
  const copy = structuredClone(root);
  let holder: unknown = copy;
  path.forEach((part, index) => {
    const key = keyIn(holder, part, path.slice(0, index));
    const target = holder as Record<string | number, unknown>;
    if (index === path.length - 1) {
      target[key] = value;
      return;
    }
    if (!Object.hasOwn(target, key)) target[key] = typeof path[index + 1] === "number" ? [] : {};
    holder = target[key];
  });
  return copy;
}

function withoutValue(root: JsonObject, path: Path): JsonObject {
  const copy = structuredClone(root);
  const holder = lookup(copy, path.slice(0, -1)).value;
  const part = path[path.length - 1]!;
  if (Array.isArray(holder)) holder.splice(Number(part), 1);
  else delete (holder as JsonObject)[String(part)];
  return copy;
}

/** `part` as a key of `holder`, which must be able to have it. */
function keyIn(holder: unknown, part: string | number, above: Path): string | number {
  if (Array.isArray(holder)) {
    const index = listPosition(part);
    if (index !== undefined && index <= holder.length) return index;
    throw unfit(above, part, `it is a list of ${holder.length}`);
  }
  if (isObject(holder) && typeof part === "string") return part;
  throw unfit(above, part, isObject(holder) ? "it is an object" : "it is neither object nor list");
}

function unfit(above: Path, part: string | number, why: string): AppError {
  const where = above.length === 0 ? "the configuration" : `"${formatPath(above)}"`;
  return new AppError("CONFIG_PATH_INVALID", `Cannot set "${part}" in ${where}: ${why}`, {
    hint: above.length === 0 ? "openclaw config file" : `openclaw config get ${formatPath(above)}`,
  });
}
