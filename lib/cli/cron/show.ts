/**
 * `openclaw cron show`: one job for people, by id or name.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CronJob, CronListResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";
import { printJob } from "./view.ts";

/** Shows a job. */
export async function run(context: CommandContext): Promise<number> {
  const wanted = context.args[0]!;
  const job = await ask<CronJob>(context, "cron.get", { id: wanted }).catch((error) => {
    if (!(error instanceof AppError) || error.code !== "CRON_JOB_NOT_FOUND") throw error;
    return byName(context, wanted, error);
  });
  if (context.options.flag("json")) context.out.json(job);
  else printJob(context, job);
  return 0;
}

/** @throws {AppError} `missing` when no job has the name, `USAGE` when several have. */
async function byName(
  context: CommandContext,
  name: string,
  missing: AppError,
): Promise<CronJob> {
  const params = { includeDisabled: true, query: name };
  const { jobs } = await ask<CronListResult>(context, "cron.list", params);
  const found = jobs.filter((job) => job.name === name);
  const [job] = found;
  if (job === undefined) throw missing;
  if (found.length === 1) return job;
  throw new AppError("USAGE", `${found.length} jobs have the name "${name}", use an id`, {
    hint: context.say("cron list --all"),
  });
}
