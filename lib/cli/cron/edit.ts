/**
 * `openclaw cron edit`: changes a job.
 *
 * @module
 */
import type { CronJob } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";
import {
  readDelivery,
  readFields,
  readPayload,
  readSchedule,
  readSpan,
  usage,
  withoutAbsent,
} from "./job_options.ts";
import { printJob } from "./view.ts";

/** Sends what was named and shows the job as it is then. */
export async function run(context: CommandContext): Promise<number> {
  const { args, options, out } = context;
  const id = args[0]!;
  const patch = await readPatch(context, id);
  if (Object.keys(patch).length === 0) throw usage(context, "Nothing to change was named");
  const job = await ask<CronJob>(context, "cron.update", { id, patch });
  if (options.flag("json")) out.json(job);
  else printJob(context, job);
  return 0;
}

async function readPatch(context: CommandContext, id: string): Promise<Record<string, unknown>> {
  const { options } = context;
  if (options.flag("enable") && options.flag("disable")) {
    throw usage(context, "Choose one of --enable, --disable");
  }
  return withoutAbsent({
    ...readFields(context),
    ...(options.flag("enable") ? { enabled: true } : {}),
    ...(options.flag("disable") ? { enabled: false } : {}),
    ...(options.flag("clear-agent") ? { agentId: null } : {}),
    ...(options.flag("clear-session-key") ? { sessionKey: null } : {}),
    schedule: readSchedule(context) ?? await retimed(context, id),
    payload: payloadPatch(context),
    delivery: deliveryPatch(context),
    failureAlert: alertPatch(context),
  });
}

/** The job's own expression with another zone or stagger. */
async function retimed(context: CommandContext, id: string) {
  const { options } = context;
  if (!["tz", "stagger", "exact"].some((name) => options.has(name))) return undefined;
  const { schedule } = await ask<CronJob>(context, "cron.get", { id });
  if (schedule.kind !== "cron") {
    throw usage(context, "--tz, --stagger and --exact are for jobs with a cron expression");
  }
  const tz = options.text("tz")?.trim();
  return {
    ...schedule,
    ...(tz ? { tz } : {}),
    ...(options.has("stagger") ? { staggerMs: readSpan(context, "stagger") } : {}),
    ...(options.flag("exact") ? { staggerMs: 0 } : {}),
  };
}

function payloadPatch(context: CommandContext) {
  const { options } = context;
  const payload = readPayload(context);
  const changes = {
    ...(options.flag("clear-tools") ? { toolsAllow: null } : {}),
    ...(options.flag("no-light-context") ? { lightContext: false } : {}),
  };
  if (Object.keys(changes).length === 0) return payload;
  return { kind: "agentTurn", ...payload, ...changes };
}

function deliveryPatch(context: CommandContext) {
  const delivery = readDelivery(context);
  if (!context.options.flag("no-best-effort-deliver")) return delivery;
  return { ...delivery, bestEffort: false };
}

function alertPatch(context: CommandContext) {
  const { options } = context;
  if (options.flag("no-failure-alert")) return false;
  const cooldown = "failure-alert-cooldown";
  const skipped = options.flag("failure-alert-include-skipped")
    ? true
    : options.flag("failure-alert-exclude-skipped")
    ? false
    : undefined;
  const alert = withoutAbsent({
    after: options.number("failure-alert-after"),
    cooldownMs: options.has(cooldown) ? readSpan(context, cooldown) : undefined,
    mode: options.text("failure-alert-mode"),
    channel: options.text("failure-alert-channel"),
    to: options.text("failure-alert-to"),
    accountId: options.text("failure-alert-account-id"),
    includeSkipped: skipped,
  });
  return Object.keys(alert).length > 0 || options.flag("failure-alert") ? alert : undefined;
}
