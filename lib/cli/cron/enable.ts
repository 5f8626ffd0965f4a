/**
 * `openclaw cron enable` and `cron disable`: whether a job runs.
 *
 * @module
 */
import type { CronJob } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";
import { printJob } from "./view.ts";

/** Does what the last word of the command says. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options, out, spec } = context;
  const enabled = spec.path.at(-1) === "enable";
  const params = { id: args[0], patch: { enabled } };
  const job = await ask<CronJob>(context, "cron.update", params);
  if (options.flag("json")) out.json(job);
  else printJob(context, job);
  return 0;
}
