/**
 * The history of the config file as the commands see it.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot, ListedVersion, VersionEntry } from "../../config/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Digits of a hash that are shown; as many as tell versions apart in practice. */
export const SHORT_HASH_DIGITS = 12;

/** The versions, oldest first, and the file as it is. */
export interface History {
  readonly folder: string;
  readonly paths: ConfigPaths;
  readonly versions: readonly ListedVersion[];
  /** Those of the files that it includes, oldest first. */
  readonly included: readonly ListedVersion[];
  readonly current: ConfigSnapshot;
}

/** Reads the history. */
export async function readHistory(context: CommandContext): Promise<History> {
  const { paths, snapshot } = await readConfigState(context, "ignore");
  const { historyFolder, listIncludedVersions, listVersions } = await import("../../config/mod.ts");
  const folder = historyFolder(paths.stateDir);
  return {
    folder,
    paths,
    versions: await listVersions(folder, snapshot.hash),
    included: await listIncludedVersions(folder),
    current: snapshot,
  };
}

/** A version of the file or of one that it includes, by the first digits of its hash. */
export async function findAny(
  { versions, included }: History,
  prefix: string,
): Promise<VersionEntry> {
  const { findVersion } = await import("../../config/mod.ts");
  return findVersion([...versions, ...included], prefix);
}

/** A version's text. @throws {AppError} `CONFIG_VERSION_NOT_FOUND` or `CONFIG_VERSION_DAMAGED` */
export async function readText(
  { folder }: History,
  { hash, file }: Pick<VersionEntry, "hash" | "file">,
): Promise<string> {
  const { decodeUtf8, includedHistoryFolder, readVersion } = await import("../../config/mod.ts");
  const place = file === undefined ? folder : includedHistoryFolder(folder);
  const text = decodeUtf8(await readVersion(place, hash));
  if (text !== undefined) return text;
  throw new AppError("CONFIG_UNREADABLE", `Cannot use version "${hash}": it is not UTF-8 text`, {
    hint: "openclaw config history",
  });
}

/** The text of an included file as it is; nothing where it is gone. */
export async function includedText(file: string): Promise<string> {
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  return await readTextFileIfExists(file) ?? "";
}

/**
 * What the configuration says with a version in place; nothing where it cannot be parsed. A version
 * of an included file is looked at in its place, as only that tells which of its values are secret.
 */
export async function valueOf(
  { env }: CommandContext,
  { paths, current }: History,
  { text, file }: { readonly text: string; readonly file?: string },
): Promise<JsonObject> {
  const { evaluateConfig, parseConfigText } = await import("../../config/mod.ts");
  if (file === undefined) {
    const parsed = await parseConfigText(text);
    return parsed.ok ? parsed.value : {};
  }
  const overlay = new Map([[file, text]]);
  const { parsed, includes } = await evaluateConfig({
    env,
    paths,
    raw: current.raw,
    validate: false,
    overlay,
  });
  if (includes.includes(file)) return parsed;
  throw new AppError(
    "CONFIG_VERSION_NOT_FOUND",
    `Cannot compare versions of "${file}": the config does not include that file any more`,
    { hint: "openclaw config history" },
  );
}
