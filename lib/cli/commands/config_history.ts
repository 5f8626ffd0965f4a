/**
 * `openclaw config history`: who changed the config file, when, and what.
 *
 * @module
 */
import { ellipsize, formatBytes } from "../../base/mod.ts";
import type { ListedVersion } from "../../config/mod.ts";
import { type History, readHistory, SHORT_HASH_DIGITS } from "../config/versions.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_LIMIT = 20;
const MAX_PATHS_CHARS = 60;

/** Shows the newest versions first. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out, say } = context;
  const history = await readHistory(context);
  const newest = history.versions.toReversed().slice(0, options.number("limit") ?? DEFAULT_LIMIT);
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

function row({ ts, origin, ...version }: ListedVersion, { current }: History) {
  return {
    ...version,
    ts,
    at: new Date(ts).toISOString(),
    by: origin?.by ?? null,
    action: origin?.action ?? null,
    current: version.hash === current.hash,
  };
}

function cells(version: ListedVersion, { current }: History): string[] {
  const { hash, ts, bytes, origin, paths = [], taken } = version;
  const mark = hash === current.hash ? " *" : taken ? "" : " (not taken)";
  return [
    hash.slice(0, SHORT_HASH_DIGITS) + mark,
    new Date(ts).toISOString().slice(0, 19).replace("T", " "),
    origin?.by ?? "unknown",
    ellipsize(origin?.action ?? "", MAX_PATHS_CHARS),
    formatBytes(bytes),
    ellipsize(paths.join(", "), MAX_PATHS_CHARS),
  ];
}
