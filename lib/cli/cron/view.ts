/**
 * Jobs as people read them.
 *
 * @module
 */
import { ellipsize, formatDuration } from "../../base/mod.ts";
import type { CronJob, CronListResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";

const NONE = "-";
const MAX_NAME_CHARS = 24;
const MAX_SCHEDULE_CHARS = 32;

/** Writes a table of jobs, or what to type where there are none. */
export function printJobs(context: CommandContext, { jobs, total }: CronListResult): void {
  const { out, clock, say } = context;
  if (jobs.length === 0) {
    out.line("No cron jobs.");
    out.line(`Add one: ${say("cron add --help")}`);
    return;
  }
  const now = clock.now();
  out.table(
    ["ID", "Name", "Schedule", "Next", "Last", "Status", "Target", "Delivery", "Agent ID", "Model"],
    jobs.map((job) => [
      job.id,
      ellipsize(plain(job.name), MAX_NAME_CHARS),
      ellipsize(scheduleText(job), MAX_SCHEDULE_CHARS),
      momentText(job.state.nextRunAtMs, now),
      momentText(job.state.lastRunAtMs, now),
      statusText(job),
      plain(job.sessionTarget),
      deliveryText(job),
      plain(job.agentId ?? NONE),
      plain(modelOf(job)),
    ]),
  );
  if (total > jobs.length) out.line(`${jobs.length} of ${total} jobs.`);
}

/** Writes one job, a line for each of its parts. */
export function printJob({ out, clock }: CommandContext, job: CronJob): void {
  const now = clock.now();
  const { state } = job;
  const lines: [string, string][] = [
    ["id", job.id],
    ["name", plain(job.name)],
    ["enabled", job.enabled ? "yes" : "no"],
    ["schedule", scheduleText(job)],
    ["session", plain(job.sessionTarget)],
    ["agent", plain(job.agentId ?? NONE)],
    ["model", plain(modelOf(job))],
    ["delivery", deliveryText(job)],
    ["next", momentText(state.nextRunAtMs, now)],
    ["last", momentText(state.lastRunAtMs, now)],
    ["status", statusText(job)],
    ["diagnostic", plain(state.lastDiagnosticSummary ?? NONE)],
  ];
  for (const [name, text] of lines) out.line(`${name}: ${text}`);
}

/** `in 5m` or `5m ago`. */
export function fromNow(ms: number, now: number): string {
  const span = formatDuration(Math.abs(ms - now));
  return ms > now ? `in ${span}` : `${span} ago`;
}

function momentText(ms: number | undefined, now: number): string {
  return ms === undefined ? NONE : fromNow(ms, now);
}

function scheduleText({ schedule }: CronJob): string {
  switch (schedule.kind) {
    case "at":
      return `at ${plain(schedule.at)}`;
    case "every":
      return `every ${formatDuration(schedule.everyMs)}`;
    case "cron":
      return plain(`cron ${schedule.expr}${schedule.tz ? ` @ ${schedule.tz}` : ""}`);
  }
}

function statusText({ enabled, state }: CronJob): string {
  if (state.runningAtMs !== undefined) return "running";
  if (!enabled) return state.lastRunStatus === "error" ? "disabled, error" : "disabled";
  return state.lastRunStatus ?? "idle";
}

function deliveryText({ delivery }: CronJob): string {
  if (delivery === undefined || delivery.mode === "none") return NONE;
  if (delivery.mode === "webhook") return plain(`webhook ${delivery.to ?? ""}`);
  return plain(`announce -> ${delivery.channel ?? "last"}${delivery.to ? `:${delivery.to}` : ""}`);
}

function modelOf({ payload }: CronJob): string {
  return payload.kind === "agentTurn" ? payload.model ?? NONE : NONE;
}

/** Text without characters that a terminal acts on or that reorder a line. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ").trim() || NONE;
}
