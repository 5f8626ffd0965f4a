/**
 * The history of the config file as the commands see it.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../base/mod.ts";
import type { ConfigSnapshot, ListedVersion } from "../../config/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Digits of a hash that are shown; as many as tell versions apart in practice. */
export const SHORT_HASH_DIGITS = 12;

/** The versions, oldest first, and the file as it is. */
export interface History {
  readonly folder: string;
  readonly versions: readonly ListedVersion[];
  readonly current: ConfigSnapshot;
}

/** Reads the history. */
export async function readHistory(context: CommandContext): Promise<History> {
  const { paths, snapshot } = await readConfigState(context, "ignore");
  const { historyFolder, listVersions } = await import("../../config/mod.ts");
  const folder = historyFolder(paths.stateDir);
  return { folder, versions: await listVersions(folder, snapshot.hash), current: snapshot };
}

/** A version's text. @throws {AppError} `CONFIG_VERSION_NOT_FOUND` or `CONFIG_VERSION_DAMAGED` */
export async function readText({ folder }: History, hash: string): Promise<string> {
  const { decodeUtf8, readVersion } = await import("../../config/mod.ts");
  const text = decodeUtf8(await readVersion(folder, hash));
  if (text !== undefined) return text;
  throw new AppError("CONFIG_UNREADABLE", `Cannot use version "${hash}": it is not UTF-8 text`, {
    hint: "openclaw config history",
  });
}

/** What a text says; nothing where it cannot be parsed. */
export async function valueOf(text: string): Promise<JsonObject> {
  const { parseConfigText } = await import("../../config/mod.ts");
  const parsed = await parseConfigText(text);
  return parsed.ok ? parsed.value : {};
}
