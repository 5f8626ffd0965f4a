/**
 * Finds the file that a write has to go to, where a configuration is in several.
 *
 * A program changes an included file only when that is all a section consists of: everything else
 * could be said in more than one place, and a person has to choose.
 *
 * @module
 */
import { AppError, isObject, type JsonObject } from "../../base/mod.ts";
import { editConfig } from "../edit/mod.ts";
import { sameJson } from "../edit/compare.ts";
import { parseConfigText, parseJson5Text } from "../parse.ts";
import { formatPath, type Path } from "../path_syntax.ts";
import { includePath, type IncludeRoots } from "./file.ts";
import { hasIncludes, INCLUDE_KEY, type Included, resolveIncludes } from "./resolve.ts";

/** A write as its caller sees it: a new text of the configuration file. */
export interface WriteToRoute {
  /** Of the configuration file; absolute. */
  readonly path: string;
  readonly roots: IncludeRoots;
  readonly previousRaw: string;
  readonly raw: string;
}

/** A write to one file. */
export interface RoutedWrite {
  /** Text of the configuration file. */
  readonly raw: string;
  /** The included file that is written instead of it. */
  readonly include?: { readonly path: string; readonly previous: string; readonly text: string };
}

/** What differs within an included file. */
interface IncludedChange {
  readonly path: Path;
  readonly named: string;
  readonly value: unknown;
}

/**
 * Decides where a write goes. What came from an included file and is as it was stays there.
 *
 * @throws {AppError} `CONFIG_EDIT_UNSURE` when it would have to change several files, or values that
 * are not those of one file alone.
 */
export async function routeWrite(write: WriteToRoute): Promise<RoutedWrite> {
  const { path, roots, previousRaw, raw } = write;
  const before = await parseConfigText(previousRaw);
  const after = await parseConfigText(raw);
  if (!before.ok || !after.ok || !hasIncludes(before.value)) return { raw };
  const previous = await resolveIncludes(before.value, { path, roots });
  const next = await resolveIncludes(after.value, { path, roots });
  try {
    return await route(write, { before: before.value, after: after.value, previous, next });
  } catch (error) {
    const [broken] = previous.issues;
    if (broken === undefined) throw error;
    // What cannot be included explains better why nothing can be written there.
    const what = `${broken.path}: ${broken.message}`;
    throw new AppError("CONFIG_INVALID", `Cannot write config: ${what}`, {
      hint: "openclaw config validate",
      details: { issues: [broken] },
      cause: error,
    });
  }
}

/** What the file says and what it is to say, by itself and with everything included. */
interface Sides {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly previous: Included;
  readonly next: Included;
}

async function route(
  { path, roots, previousRaw, raw }: WriteToRoute,
  { before, after, previous, next }: Sides,
): Promise<RoutedWrite> {
  const changes: IncludedChange[] = [];
  const own = ownValue(
    { own: before, value: previous.value },
    { own: after, value: next.value },
    [],
    changes,
  ) as JsonObject;
  const [change, second] = changes;
  if (change === undefined) {
    const isAsSent = sameJson(own, after);
    return { raw: isAsSent ? raw : await editConfig(previousRaw, own) };
  }
  if (second || !sameJson(own, before)) throw severalFiles(changes);
  const file = includePath(change.named, path, roots);
  const text = previous.texts.get(file);
  if (text === undefined) throw notOfOneFile(change.path);
  return {
    raw: previousRaw,
    include: { path: file, previous: text, text: await edit(text, change) },
  };
}

/** A value as a file says it, and as it is with everything included. */
interface Said {
  readonly own: unknown;
  readonly value: unknown;
}

/** What the configuration file has to say for `next` to hold, included files aside. */
function ownValue(before: Said, next: Said, path: Path, changes: IncludedChange[]): unknown {
  if (next.own === undefined || !hasIncludes(before.own)) return next.own;
  if (isObject(before.own) && Object.hasOwn(before.own, INCLUDE_KEY)) {
    const named = before.own[INCLUDE_KEY];
    const isRenamed = isObject(next.own) && Object.hasOwn(next.own, INCLUDE_KEY) &&
      !sameJson(next.own[INCLUDE_KEY], named);
    if (isRenamed) return next.own;
    if (sameJson(before.value, next.value)) {
      // Said beside an include, a list is only added to what is included.
      if (!isInForce(before, next)) throw notOfOneFile(path);
      return before.own;
    }
    const isAlone = Object.keys(before.own).length === 1 && path.length > 0;
    if (typeof named !== "string" || !isAlone) throw notOfOneFile(path);
    changes.push({ path, named, value: next.value });
    return before.own;
  }
  const below = (key: string | number): unknown =>
    ownValue(childOf(before, key), childOf(next, key), [...path, key], changes);
  if (Array.isArray(before.own) && Array.isArray(next.own)) {
    if (before.own.length === next.own.length) return next.own.map((_, index) => below(index));
    throw notOfOneFile(path);
  }
  if (!isObject(before.own) || !isObject(next.own)) return next.own;
  return Object.fromEntries(Object.keys(next.own).map((key) => [key, below(key)]));
}

/** Whether all that is newly said beside an include is what the configuration then is. */
function isInForce(before: Said, next: Said): boolean {
  if (sameJson(before.own, next.own)) return true;
  if (!isObject(next.own)) return sameJson(next.own, next.value);
  return Object.keys(next.own).filter((key) => key !== INCLUDE_KEY)
    .every((key) => isInForce(childOf(before, key), childOf(next, key)));
}

function childOf({ own, value }: Said, key: string | number): Said {
  const at = (holder: unknown) =>
    isObject(holder) || Array.isArray(holder)
      ? (holder as Record<string | number, unknown>)[key]
      : undefined;
  return { own: at(own), value: at(value) };
}

/** The text of an included file, which may hold any value, with a value put in. */
async function edit(text: string, { value, path }: IncludedChange): Promise<string> {
  const parsed = await parseJson5Text(text);
  if (!parsed.ok || hasIncludes(parsed.value)) throw notOfOneFile(path);
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  // The editor knows objects only, so the value is edited as one of an object around it.
  const [head, tail] = ['{"value":', "\n}"];
  const edited = await editConfig(`${head}${text.slice(mark.length)}${tail}`, { value });
  return mark + edited.slice(head.length, -tail.length);
}

function notOfOneFile(path: Path): AppError {
  const place = path.length === 0 ? "the configuration" : `"${formatPath(path)}"`;
  return new AppError(
    "CONFIG_EDIT_UNSURE",
    `Cannot write config: ${place} is not what one included file says, so it is open which to change`,
    { hint: "Change the included file in an editor, then: openclaw config validate" },
  );
}

function severalFiles(changes: readonly IncludedChange[]): AppError {
  const names = changes.map(({ named }) => `"${named}"`).join(" and ");
  return new AppError(
    "CONFIG_EDIT_UNSURE",
    `Cannot write config: the change is in ${names} and elsewhere, and only one file is written at once`,
    { hint: "Make one change after the other: openclaw config set <path> <value>" },
  );
}
