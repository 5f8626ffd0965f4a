/**
 * `openclaw cron rm`: removes a job.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CronRemoved } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";

/** Removes a job; that there was none is a failure. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options, out, say } = context;
  const id = args[0]!;
  const result = await ask<CronRemoved>(context, "cron.remove", { id });
  if (!result.removed) {
    throw new AppError("CRON_JOB_NOT_FOUND", `cron job not found: ${id}`, {
      hint: say("cron list --all"),
    });
  }
  if (options.flag("json")) out.json(result);
  else out.line("Removed.");
  return 0;
}
