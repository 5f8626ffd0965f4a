/**
 * `openclaw system heartbeat last`: what the last heartbeat came to.
 *
 * @module
 */
import type { HeartbeatPayload } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";

/** Shows the last heartbeat; `null` when there was none since the gateway's start. */
export async function run(context: CommandContext): Promise<number> {
  context.out.json(await ask<HeartbeatPayload | null>(context, "last-heartbeat"));
  return 0;
}
