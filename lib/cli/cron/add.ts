/**
 * `openclaw cron add`: a new job.
 *
 * @module
 */
import type { CronJob } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";
import { readDelivery, readFields, readPayload, readSchedule, usage } from "./job_options.ts";
import { printJob } from "./view.ts";

/** Adds a job and shows it. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const schedule = readSchedule(context);
  if (schedule === undefined) throw usage(context, "Missing one of --at, --every, --cron");
  const payload = readPayload(context);
  if (payload === undefined || !("text" in payload || "message" in payload)) {
    throw usage(context, "Missing one of --message, --system-event");
  }
  if (!options.text("name")?.trim()) throw usage(context, "Missing --name");
  const delivery = readDelivery(context);
  const isTurn = payload.kind === "agentTurn";
  const job = await ask<CronJob>(context, "cron.add", {
    ...readFields(context),
    schedule,
    payload,
    ...(delivery === undefined ? {} : {
      delivery: { ...delivery, mode: delivery.mode ?? (isTurn ? "announce" : "none") },
    }),
    ...(options.flag("disabled") ? { enabled: false } : {}),
  });
  if (options.flag("json")) {
    out.json(job);
    return 0;
  }
  out.line(`Added the job "${job.name}".`);
  printJob(context, job);
  return 0;
}
