/**
 * `openclaw system presence`: who is connected.
 *
 * @module
 */
import type { PresenceEntry } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";

/** Shows the entries as the gateway has them. */
export async function run(context: CommandContext): Promise<number> {
  context.out.json(await ask<PresenceEntry[]>(context, "system-presence"));
  return 0;
}
