/**
 * The text of the file after a patch, or after all of it was replaced.
 *
 * @module
 */
import { type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { editConfig } from "../edit/mod.ts";
import type { ConfigSnapshot } from "../types.ts";
import { type ListMerge, mergePatch } from "./merge_patch.ts";
import { restoreSource } from "./source_text.ts";

/**
 * The text of the file with a patch laid over it.
 *
 * @param current The file as it is; hidden secrets in the patch stand for what it says.
 * @throws {AppError} `CONFIG_UNREADABLE` or `CONFIG_EDIT_UNSURE`
 */
export function patchedText(
  current: ConfigSnapshot,
  patch: JsonObject,
  lists: ListMerge,
): Promise<string> {
  return editConfig(current.raw, restored(mergePatch(current.parsed, patch, lists), current));
}

/**
 * The text that replaces the file.
 *
 * Plain JSON has no comments to keep, so those of the file are kept; a text with comments or other
 * marks of a human hand is itself the new file.
 *
 * @param raw What was given.
 * @param value What it says.
 * @param current The file as it is; hidden secrets in `value` stand for what it says.
 * @throws {AppError} `CONFIG_UNREADABLE` or `CONFIG_EDIT_UNSURE`
 */
export function replacedText(
  raw: string,
  value: JsonObject,
  current: ConfigSnapshot,
): Promise<string> {
  const isPlain = parseJsonOrUndefined(raw) !== undefined;
  const isReadable = current.issues.every(({ path }) => path !== "");
  const base = isPlain && current.exists && isReadable ? current.raw : raw;
  return editConfig(base, restored(value, current));
}

function restored(wanted: JsonObject, current: ConfigSnapshot): JsonObject {
  return restoreSource(wanted, current.parsed, current.config) as JsonObject;
}
