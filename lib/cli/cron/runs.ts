/**
 * `openclaw cron runs`: what jobs did.
 *
 * @module
 */
import type { CronRunsResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";

const DEFAULT_LIMIT = 50;

/** Shows finished runs as the gateway has them. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const id = options.text("id");
  const limit = options.number("limit") ?? DEFAULT_LIMIT;
  const scope = id === undefined ? { scope: "all" } : { id };
  out.json(await ask<CronRunsResult>(context, "cron.runs", { ...scope, limit }));
  return 0;
}
