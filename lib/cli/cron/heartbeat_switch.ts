/**
 * `openclaw system heartbeat enable` and `disable`.
 *
 * @module
 */
import type { SetHeartbeatsResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";

/** Does what the last word of the command says. */
export async function run(context: CommandContext): Promise<number> {
  const { out, spec } = context;
  const enabled = spec.path.at(-1) === "enable";
  out.json(await ask<SetHeartbeatsResult>(context, "set-heartbeats", { enabled }));
  return 0;
}
