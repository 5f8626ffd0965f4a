/**
 * Sets the folders of a deleted agent aside, in `<stateDir>/trash`, from where they can be taken back.
 *
 * @module
 */
import { join, relative, resolve } from "@std/path";
import { errorMessage } from "../../../base/mod.ts";
import { ensureDir, pathExists } from "../../../platform/mod.ts";
import type { GatewayState } from "../../state.ts";

/** What is set aside and what must stay where it is. */
export interface TrashOptions {
  readonly agentId: string;
  /** The agent's folders, by the name they get in the trash. */
  readonly folders: Readonly<Record<string, string>>;
  /** Folders in use by others; what they are in, or what is in them, stays. */
  readonly inUse: readonly string[];
}

/**
 * Moves the folders that nobody else uses.
 *
 * The agent is gone from the configuration by then, so a folder that cannot be moved is reported in
 * the log and stays.
 */
export async function moveToTrash(state: GatewayState, options: TrashOptions): Promise<void> {
  const { stateDir, home } = state.paths;
  const target = join(stateDir, "trash", `${options.agentId}-${state.clock.now()}`);
  const kept = [home, stateDir, ...options.inUse];
  for (const [name, folder] of Object.entries(options.folders)) {
    if (!await pathExists(folder)) continue;
    const owner = kept.find((other) => contains(folder, other));
    if (owner !== undefined || options.inUse.some((other) => contains(other, folder))) {
      state.log.warn(`folder "${folder}" of deleted agent ${options.agentId} stays: it is in use`);
      continue;
    }
    try {
      await ensureDir(target);
      await Deno.rename(folder, join(target, name));
      state.log.info(
        `folder "${folder}" of deleted agent ${options.agentId} is now in "${target}"`,
      );
    } catch (error) {
      state.log.warn(`folder "${folder}" could not be moved to the trash: ${errorMessage(error)}`);
    }
  }
}

/** Whether `inner` is `outer` or lies below it. */
export function contains(outer: string, inner: string): boolean {
  const path = relative(resolve(outer), resolve(inner));
  return path === "" || (path.split(/[\\/]/, 1)[0] !== ".." && resolve(path) !== path);
}
