/**
 * Sets a value that an included file says, or takes it away.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { setConfigValue, unsetConfigValue } from "../edit/mod.ts";
import { lookup } from "../lookup.ts";
import { INCLUDE_MARK } from "../load.ts";
import { parseConfigText } from "../parse.ts";
import { parsePath, type Path } from "../path_syntax.ts";

/**
 * The text with a value at a path. Where an included file says the section around it, the section is
 * spelled out with the value: beside an `$include`, a list would be added to the one of the file
 * instead of replacing it. The writer finds out which file that changes.
 *
 * @param parsed The configuration with everything included.
 * @throws {AppError} What the editor refuses with.
 */
export async function setText(
  raw: string,
  path: string,
  value: unknown,
  parsed: JsonObject,
): Promise<string> {
  const section = raw.includes(INCLUDE_MARK) ? await includingSection(raw, path) : undefined;
  if (section === undefined || !lookup(parsed, section).found) {
    return await setConfigValue(raw, path, value);
  }
  const around = JSON.stringify({ section: lookup(parsed, section).value });
  const inside = ["section", ...parsePath(path).slice(section.length)];
  const { section: wanted } = JSON.parse(await setConfigValue(around, inside, value));
  return await setConfigValue(raw, section, wanted);
}

/**
 * The text without the value at a path. Where the value comes from an included file, the section that
 * includes it is spelled out without the value: the writer finds out which file that changes.
 *
 * @param parsed The configuration with everything included.
 * @throws {AppError} What the editor refuses with.
 */
export async function unsetText(raw: string, path: string, parsed: JsonObject): Promise<string> {
  const section = raw.includes(INCLUDE_MARK) ? await includingSection(raw, path) : undefined;
  if (section === undefined || !lookup(parsed, path).found) {
    return await unsetConfigValue(raw, path);
  }
  const parts = parsePath(path);
  const wanted = structuredClone(lookup(parsed, section).value);
  const holder = lookup(wanted, parts.slice(section.length, -1)).value;
  const last = parts.at(-1)!;
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (isObject(holder)) delete holder[String(last)];
  return await setConfigValue(raw, section, wanted);
}

/** The innermost section above a path that includes a file; none where the file itself says the value. */
async function includingSection(raw: string, path: string): Promise<Path | undefined> {
  const own = await parseConfigText(raw);
  if (!own.ok || lookup(own.value, path).found) return undefined;
  const parts = parsePath(path);
  for (let length = parts.length - 1; length > 0; length--) {
    const { value } = lookup(own.value, parts.slice(0, length));
    if (isObject(value) && Object.hasOwn(value, INCLUDE_MARK)) return parts.slice(0, length);
  }
  return undefined;
}
