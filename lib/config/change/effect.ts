/**
 * What a change of the configuration means for a gateway that runs.
 *
 * @module
 */
import type { ReloadClass } from "../schema/field.ts";
import { reloadClassOf } from "../schema/tree.ts";
import { parsePath } from "../path_syntax.ts";

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

/** Works out what a change of these paths means. */
export function effectOf(paths: readonly string[]): ChangeEffect {
  const restartPaths: string[] = [];
  const channels = new Set<string>();
  let touchesAll = false;
  for (const path of paths) {
    const reload = reloadClassOf(path);
    if (reload === "restart") restartPaths.push(path);
    if (reload !== "channel") continue;
    const channel = parsePath(path)[1];
    if (channel === undefined || channel === OF_ALL_CHANNELS) touchesAll = true;
    else channels.add(String(channel));
  }
  const hasChannels = touchesAll || channels.size > 0;
  return {
    reload: restartPaths.length > 0 ? "restart" : hasChannels ? "channel" : "live",
    channels: touchesAll ? [] : [...channels],
    restartPaths,
  };
}
