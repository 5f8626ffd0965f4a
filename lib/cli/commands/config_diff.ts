/**
 * `openclaw config diff`: what differs between two versions of the config file.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../base/mod.ts";
import {
  type History,
  readHistory,
  readText,
  SHORT_HASH_DIGITS,
  valueOf,
} from "../config/versions.ts";
import type { CommandContext } from "../table.ts";

/** The name of the file as it is, where a version is expected. */
const CURRENT = "current";

/** Compares two versions; the one before with the file as it is unless told otherwise. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options, out } = context;
  const history = await readHistory(context);
  const [from, to] = [
    await pick(history, args[0] ?? before(history)),
    await pick(history, args[1]),
  ];
  const changes = await compare(await valueOf(from.text), await valueOf(to.text));
  const isSameText = from.text === to.text;
  if (options.flag("json")) {
    out.json({ from: from.hash, to: to.hash, same: isSameText, changes });
    return 0;
  }
  out.line(`${short(from.hash)} -> ${short(to.hash)}`);
  if (isSameText) out.line("No difference.");
  else if (changes.length === 0) out.line("Only comments or formatting differ.");
  for (const { path, before, after } of changes) {
    if (before === undefined) out.line(out.paint(`+ ${path}: ${shown(after)}`, "good"));
    else if (after === undefined) out.line(out.paint(`- ${path}: ${shown(before)}`, "bad"));
    else out.line(`~ ${path}: ${shown(before)} -> ${shown(after)}`);
  }
  return 0;
}

interface Side {
  readonly hash: string;
  readonly text: string;
}

async function pick(history: History, name = CURRENT): Promise<Side> {
  const { current, versions } = history;
  if (name === CURRENT) return { hash: current.hash, text: current.raw };
  const { findVersion } = await import("../../config/mod.ts");
  const { hash } = findVersion(versions, name);
  return { hash, text: await readText(history, hash) };
}

/** The version that was in force before the one that is. */
function before({ versions, current }: History): string {
  const found = versions.findLast(({ hash, taken }) => taken && hash !== current.hash);
  if (found) return found.hash;
  throw new AppError("CONFIG_VERSION_NOT_FOUND", "Cannot compare: there is no earlier version", {
    hint: "openclaw config history",
  });
}

interface Difference {
  readonly path: string;
  /** Absent when there was nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The differences, secrets hidden; that a secret differs is told. */
async function compare(from: JsonObject, to: JsonObject): Promise<Difference[]> {
  const { changedPaths, lookup, redactConfig } = await import("../../config/mod.ts");
  const [shownFrom, shownTo] = [redactConfig(from), redactConfig(to)];
  return changedPaths(from, to).map((path): Difference => {
    const [before, after] = [lookup(shownFrom, path), lookup(shownTo, path)];
    return {
      path,
      ...(before.found ? { before: before.value } : {}),
      ...(after.found ? { after: after.value } : {}),
    };
  });
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}

function short(hash: string): string {
  return hash.slice(0, SHORT_HASH_DIGITS);
}
