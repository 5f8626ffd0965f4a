/**
 * `system.which`: where programs are.
 *
 * @module
 */
import { findOnDisk } from "../../exec/mod.ts";
import { MAX_WHICH_BINS } from "../limits.ts";
import { badParams } from "../params.ts";
import type { RunPlace } from "../plan.ts";
import type { NodeCommand } from "../types.ts";

/**
 * Answers with the paths of the programs that exist; the others are left out. A name is looked up on
 * `PATH`; paths are not answered, since that would tell which files exist.
 */
export function createWhich({ path, folder }: RunPlace): NodeCommand {
  const find = findOnDisk({ cwd: folder, path });
  return (params) => {
    const { bins } = params;
    if (!Array.isArray(bins)) return Promise.reject(badParams("INVALID_REQUEST: bins required"));
    if (bins.length > MAX_WHICH_BINS) {
      return Promise.reject(
        badParams(`INVALID_REQUEST: bins must have at most ${MAX_WHICH_BINS} names`),
      );
    }
    const found: Record<string, string> = {};
    for (const bin of bins) {
      if (typeof bin !== "string") continue;
      const name = bin.trim();
      const program = /[\\/]/.test(name) ? undefined : find(name);
      if (program !== undefined) found[name] = program.path;
    }
    return Promise.resolve({ bins: found });
  };
}
