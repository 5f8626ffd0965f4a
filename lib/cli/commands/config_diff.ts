/**
 * `openclaw config diff`: what differs between two versions of the config file.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../base/mod.ts";
import {
  findAny,
  type History,
  includedText,
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
  const from = await pick(history, args[0] ?? earlier(history));
  const to = await pick(history, args[1], from.file);
  const [before, after] = [
    await valueOf(context, history, from),
    await valueOf(context, history, to),
  ];
  const changes = await compare(before, after);
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
  /** The included file that it is a version of. */
  readonly file?: string;
}

async function pick(history: History, name = CURRENT, file?: string): Promise<Side> {
  const { current } = history;
  if (name === CURRENT && file !== undefined) {
    const { sha256Hex } = await import("../../base/mod.ts");
    const text = await includedText(file);
    return { hash: await sha256Hex(text), text, file };
  }
  if (name === CURRENT) return { hash: current.hash, text: current.raw };
  const version = await findAny(history, name);
  return { ...version, text: await readText(history, version) };
}

/** The version that was in force before the one that is. */
function earlier({ versions, current }: History): string {
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
