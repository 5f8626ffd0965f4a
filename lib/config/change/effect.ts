/**
 * What a change of the configuration means for a gateway that runs.
 *
 * @module
 */
import type { ReloadClass } from "../schema/field.ts";
import { reloadClassOf } from "../schema/tree.ts";
import { isObject, type JsonObject } from "../../base/mod.ts";
import { lookup, type LookupResult } from "../lookup.ts";
import { parsePath, type Path } from "../path_syntax.ts";
import { changedPaths } from "./changed_paths.ts";

/** What has to happen for changed values to be in force. */
export interface ChangeEffect {
  /** The strongest of the classes. */
  readonly reload: ReloadClass;
  /** Channels that are started anew; empty when they all are. */
  readonly channels: readonly string[];
  /** Changed paths that wait for the next start of the gateway. */
  readonly restartPaths: readonly string[];
}

/** Settings of the section `channels` that are of no single channel. */
const OF_ALL_CHANNELS = "defaults";

/** Works out what the change from one configuration to another means. */
export function effectOf(before: JsonObject, after: JsonObject): ChangeEffect {
  const restartPaths: string[] = [];
  const channels = new Set<string>();
  let touchesAll = false;
  for (const path of changedPaths(before, after)) {
    const leaves = [before, after].flatMap((side) => [...leavesOf(lookup(side, path), path)]);
    const classes = leaves.map((leaf) => [reloadClassOf(leaf), leaf] as const);
    if (classes.some(([reload]) => reload === "restart")) restartPaths.push(path);
    for (const [reload, [, channel]] of classes) {
      if (reload !== "channel") continue;
      if (channel === undefined || channel === OF_ALL_CHANNELS) touchesAll = true;
      else channels.add(String(channel));
    }
  }
  const hasChannels = touchesAll || channels.size > 0;
  return {
    reload: restartPaths.length > 0 ? "restart" : hasChannels ? "channel" : "live",
    channels: touchesAll ? [] : [...channels],
    restartPaths,
  };
}

/** The deepest paths of what was added or removed as a whole. */
function* leavesOf({ found, value }: LookupResult, at: string | Path): Generator<Path> {
  const path = typeof at === "string" ? parsePath(at) : at;
  if (!found) return;
  const entries = isObject(value) ? Object.entries(value) : [];
  if (entries.length === 0) yield path;
  for (const [key, child] of entries) {
    yield* leavesOf({ found: true, value: child }, [...path, key]);
  }
}
