/**
 * `openclaw cron run`: a job, now.
 *
 * @module
 */
import type { CronRunResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";

/** Begins a run and shows the answer; 1 when there was none to begin. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options, out } = context;
  const mode = options.flag("due") ? "due" : "force";
  const result = await ask<CronRunResult>(context, "cron.run", { id: args[0], mode });
  out.json(result);
  return "enqueued" in result ? 0 : 1;
}
