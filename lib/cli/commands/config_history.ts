/**
 * `openclaw config history`: who changed the config file, when, and what.
 *
 * @module
 */
import { basename } from "@std/path";
import { AppError, ellipsize, formatBytes } from "../../base/mod.ts";
import type { ListedVersion, VersionEntry } from "../../config/mod.ts";
import { type History, readHistory, SHORT_HASH_DIGITS } from "../config/versions.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_LIMIT = 20;
const MAX_PATHS_CHARS = 60;

/** Shows the newest versions first. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out, say } = context;
  const limit = options.number("limit") ?? DEFAULT_LIMIT;
  if (limit < 1) {
    throw new AppError("USAGE", `Invalid --limit "${limit}", use a number from 1 on`, {
      hint: "openclaw config history --help",
    });
  }
  const history = await readHistory(context);
  const newest = [...history.versions, ...history.included]
    .sort((a, b) => a.ts - b.ts).toReversed().slice(0, limit);
  if (options.flag("json")) {
    out.json({
      path: history.current.path,
      current: history.current.exists ? history.current.hash : null,
      versions: newest.map((version) => row(version, history)),
    });
    return 0;
  }
  if (newest.length === 0) {
    out.line("No version is kept yet; the first change by a program keeps one.");
    return 0;
  }
  out.table(
    ["VERSION", "WHEN", "BY", "ACTION", "SIZE", "CHANGED"],
    newest.map((version) => cells(version, history)),
  );
  out.line();
  out.line(`Show what changed: ${say("config diff <version>")}`);
  out.line(`Go back to one: ${say("config restore <version>")}`);
  return 0;
}

function row({ ts, origin, ...version }: ListedVersion, history: History) {
  return {
    ...version,
    ts,
    at: new Date(ts).toISOString(),
    by: origin?.by ?? null,
    action: origin?.action ?? null,
    current: isCurrent(version, history),
  };
}

/** Whether the file says that; of an included one only its newest version is looked at. */
function isCurrent(
  { hash, file }: Pick<VersionEntry, "hash" | "file">,
  { current, included }: History,
): boolean {
  if (file === undefined) return hash === current.hash;
  return included.findLast((other) => other.file === file)?.hash === hash;
}

function cells(version: ListedVersion, history: History): string[] {
  const { hash, ts, bytes, origin, taken, file } = version;
  const changed = (file === undefined ? "" : `in ${basename(file)}: `) +
    (version.paths ?? []).join(", ");
  const mark = isCurrent(version, history) ? " *" : taken ? "" : " (not taken)";
  return [
    hash.slice(0, SHORT_HASH_DIGITS) + mark,
    new Date(ts).toISOString().slice(0, 19).replace("T", " "),
    origin?.by ?? "unknown",
    ellipsize(origin?.action ?? "", MAX_PATHS_CHARS),
    formatBytes(bytes),
    ellipsize(changed, MAX_PATHS_CHARS),
  ];
}
