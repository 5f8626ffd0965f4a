/**
 * A job as clients ask for it, turned into one that can be kept: defaults filled in, contradictions
 * refused.
 *
 * @module
 */
import type { CronDelivery, CronJob, CronPayload } from "../protocol/mod.ts";
import type { MethodParams } from "../protocol/methods/mod.ts";
import { invalidJob } from "./errors.ts";
import {
  AGENT_TURN_TIMEOUT_MS,
  MAX_TIMER_MS,
  PAST_GRACE_MS,
  SYSTEM_EVENT_TIMEOUT_MS,
} from "./limits.ts";
import { parseAt } from "./timetable.ts";

/** What `cron.add` takes. */
export type NewJob = MethodParams<"cron.add">;
/** What `cron.update` changes. */
export type JobPatch = MethodParams<"cron.update">["patch"];

/**
 * A new job.
 *
 * @throws {AppError} `CRON_JOB_INVALID`
 */
export function createJob(given: NewJob, id: string, now: number): CronJob {
  const { agentId, sessionKey, description, deleteAfterRun, failureAlert } = given;
  const isTurn = given.payload.kind === "agentTurn";
  const isOneShot = given.schedule.kind === "at";
  const delivery = given.delivery ?? (isTurn ? { mode: "announce" } as const : undefined);
  const job: CronJob = {
    id,
    name: given.name.trim(),
    ...withText({ agentId, sessionKey, description }),
    enabled: given.enabled ?? true,
    ...(isOneShot || deleteAfterRun ? { deleteAfterRun: deleteAfterRun ?? true } : {}),
    createdAtMs: now,
    updatedAtMs: now,
    schedule: anchored(given.schedule, now),
    sessionTarget: given.sessionTarget ?? (isTurn ? "isolated" : "main"),
    wakeMode: given.wakeMode ?? "now",
    payload: given.payload,
    ...(delivery === undefined ? {} : { delivery }),
    ...(failureAlert === undefined ? {} : { failureAlert }),
    state: {},
  };
  refuseContradictions(job);
  refusePast(job, now);
  return job;
}

/**
 * A job with changes: an absent field stays, `null` clears. The state is for the scheduler to renew.
 *
 * @throws {AppError} `CRON_JOB_INVALID`
 */
export function patchJob(job: CronJob, patch: JobPatch, now: number): CronJob {
  const changed: CronJob = { ...job, updatedAtMs: now };
  if (patch.name !== undefined) changed.name = patch.name.trim();
  for (const field of ["agentId", "sessionKey", "description"] as const) {
    const value = patch[field];
    if (value === undefined) continue;
    if (value?.trim()) changed[field] = value.trim();
    else delete changed[field];
  }
  if (patch.enabled !== undefined) changed.enabled = patch.enabled;
  if (patch.deleteAfterRun !== undefined) changed.deleteAfterRun = patch.deleteAfterRun;
  if (patch.sessionTarget !== undefined) changed.sessionTarget = patch.sessionTarget;
  if (patch.wakeMode !== undefined) changed.wakeMode = patch.wakeMode;
  if (patch.failureAlert !== undefined) {
    const old = changed.failureAlert || {};
    changed.failureAlert = patch.failureAlert && { ...old, ...patch.failureAlert };
  }
  if (patch.schedule !== undefined) changed.schedule = anchored(patch.schedule, now);
  if (patch.payload !== undefined) changed.payload = patchPayload(job.payload, patch.payload);
  if (patch.delivery !== undefined) {
    changed.delivery = { mode: "announce", ...job.delivery, ...patch.delivery } as CronDelivery;
  }
  refuseContradictions(changed);
  if (patch.schedule !== undefined) refusePast(changed, now);
  return changed;
}

/** An interval counts from the moment it was set, not from the epoch. */
function anchored(schedule: CronJob["schedule"], now: number): CronJob["schedule"] {
  return schedule.kind === "every" ? { ...schedule, anchorMs: schedule.anchorMs ?? now } : schedule;
}

function patchPayload(old: CronPayload, patch: NonNullable<JobPatch["payload"]>): CronPayload {
  const base: Record<string, unknown> = old.kind === patch.kind ? { ...old } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete base[name];
    else if (value !== undefined) base[name] = value;
  }
  const text = patch.kind === "systemEvent" ? "text" : "message";
  if (base[text] === undefined) {
    throw invalidJob(`Cannot change the payload to "${patch.kind}": its ${text} is missing`);
  }
  return base as CronPayload;
}

/**
 * Refuses a job whose parts do not go together.
 *
 * @throws {AppError} `CRON_JOB_INVALID`
 */
export function refuseContradictions({ name, sessionTarget, payload, delivery }: CronJob): void {
  if (name === "") throw invalidJob("Invalid name: it is blank");
  const isMain = sessionTarget === "main";
  if (isMain && payload.kind !== "systemEvent") {
    throw invalidJob('main cron jobs require payload.kind="systemEvent"');
  }
  if (!isMain && payload.kind !== "agentTurn") {
    throw invalidJob('isolated/current/session cron jobs require payload.kind="agentTurn"');
  }
  if (delivery?.mode === "webhook") webhookUrl(delivery.to);
  if (delivery?.failureDestination?.mode === "webhook") webhookUrl(delivery.failureDestination.to);
}

/**
 * The address of a webhook: over TLS, or on this machine.
 *
 * @throws {AppError} `CRON_JOB_INVALID`
 */
export function webhookUrl(text: string | undefined): URL {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") return url;
  if (url?.protocol === "http:" && isLoopbackName(url.hostname)) return url;
  throw invalidJob(
    `Invalid delivery.to "${
      text ?? ""
    }": a webhook needs an https address, or http on this machine`,
  );
}

function isLoopbackName(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function refusePast({ schedule }: CronJob, now: number): void {
  if (schedule.kind !== "at") return;
  const at = parseAt(schedule.at);
  if (at >= now - PAST_GRACE_MS) return;
  const minutes = Math.round((now - at) / 60_000);
  throw invalidJob(
    `schedule.at is in the past: ${new Date(at).toISOString()} (${minutes} minutes ago). ` +
      `Current time: ${new Date(now).toISOString()}`,
  );
}

/** The texts that say something. */
function withText<Name extends string>(
  texts: Record<Name, string | null | undefined>,
): Partial<Record<Name, string>> {
  const given = Object.entries<string | null | undefined>(texts)
    .flatMap(([name, value]) => value?.trim() ? [[name, value.trim()]] : []);
  return Object.fromEntries(given) as Partial<Record<Name, string>>;
}

/** How long a run of a job may take; a turn that is told 0 may take any time. */
export function timeoutOf({ payload }: CronJob): number {
  if (payload.kind === "systemEvent") return SYSTEM_EVENT_TIMEOUT_MS;
  if (payload.timeoutSeconds === undefined) return AGENT_TURN_TIMEOUT_MS;
  return payload.timeoutSeconds === 0 ? MAX_TIMER_MS : payload.timeoutSeconds * 1000;
}
