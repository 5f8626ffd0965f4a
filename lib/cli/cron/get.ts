/**
 * `openclaw cron get`: one job as JSON.
 *
 * @module
 */
import type { CronJob } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";

/** Shows a job as the gateway has it. */
export async function run(context: CommandContext): Promise<number> {
  context.out.json(await ask<CronJob>(context, "cron.get", { id: context.args[0] }));
  return 0;
}
