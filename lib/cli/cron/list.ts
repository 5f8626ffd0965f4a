/**
 * `openclaw cron list`: the jobs.
 *
 * @module
 */
import type { CronListResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";
import { printJobs } from "./view.ts";

/** Lists jobs, the next one to run first. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const agentId = options.text("agent");
  const list = await ask<CronListResult>(context, "cron.list", {
    includeDisabled: options.flag("all"),
    ...(agentId === undefined ? {} : { agentId }),
  });
  if (options.flag("json")) out.json(list);
  else printJobs(context, list);
  return 0;
}
