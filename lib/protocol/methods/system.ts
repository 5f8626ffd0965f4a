/**
 * Parameters of the methods about the gateway itself.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  MAX_LOG_BYTES,
  MAX_LOG_LINES,
  MAX_RESTART_REASON_CHARS,
  MAX_STABILITY_EVENTS,
  MAX_TASK_ROWS,
} from "../limits.ts";
import { connectParamsSchema } from "./connect.ts";
import {
  anyObject,
  count,
  deliveryContext,
  flag,
  name,
  none,
  text,
  word,
  words,
} from "./fields.ts";

/** The states of a background task. */
export const TASK_STATUSES = [
  "queued",
  "running",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
] as const;

/** Schemas by method. */
export const SYSTEM_PARAMS = {
  "connect": connectParamsSchema,
  "health": () => z.looseObject({ probe: flag() }),
  "status": () => z.strictObject({ includeChannelSummary: flag() }),
  "system-presence": none,
  "system-event": systemEventParams,
  "last-heartbeat": none,
  "set-heartbeats": () => z.strictObject({ enabled: z.boolean() }),
  "wake": () =>
    z.looseObject({ mode: z.enum(["now", "next-heartbeat"]), text: text(), sessionKey: word() }),
  "gateway.identity.get": none,
  "gateway.restart.preflight": none,
  "gateway.restart.request": () =>
    z.strictObject({
      reason: z.optional(z.string().check(z.maxLength(MAX_RESTART_REASON_CHARS))),
      skipDeferral: flag(),
    }),
  "logs.tail": () =>
    z.strictObject({
      cursor: count(),
      limit: count(1, MAX_LOG_LINES),
      maxBytes: count(1, MAX_LOG_BYTES),
    }),
  "diagnostics.stability": () =>
    z.strictObject({ limit: count(1, MAX_STABILITY_EVENTS), type: name(), sinceSeq: count() }),
  "doctor.memory.status": () => z.strictObject({ probe: flag(), deep: flag() }),
  "doctor.memory.dreamDiary": anyObject,
  "doctor.memory.remHarness": anyObject,
  "doctor.memory.backfillDreamDiary": anyObject,
  "doctor.memory.resetDreamDiary": anyObject,
  "doctor.memory.resetGroundedShortTerm": anyObject,
  "doctor.memory.repairDreamingArtifacts": anyObject,
  "doctor.memory.dedupeDreamDiary": anyObject,
  "update.status": none,
  "update.run": () =>
    z.strictObject({
      sessionKey: word(),
      deliveryContext: deliveryContext(),
      note: word(),
      continuationMessage: word(),
      restartDelayMs: count(),
      timeoutMs: count(1),
    }),
  "usage.status": none,
  "usage.cost": () => z.strictObject({ days: count(1), ...usagePeriod() }),
  "tasks.list": () =>
    z.strictObject({
      status: z.optional(z.enum(TASK_STATUSES)),
      agentId: name(),
      sessionKey: name(),
      limit: count(1, MAX_TASK_ROWS),
      cursor: name(),
    }),
  "tasks.get": () => z.strictObject({ taskId: text() }),
  "tasks.cancel": () => z.strictObject({ taskId: text(), reason: word() }),
  "environments.list": none,
  "environments.status": () => z.strictObject({ environmentId: text() }),
  "artifacts.list": () => z.strictObject(artifactScope()),
  "artifacts.get": () => z.strictObject({ ...artifactScope(), artifactId: text() }),
  "artifacts.download": () => z.strictObject({ ...artifactScope(), artifactId: text() }),
};

function systemEventParams() {
  return z.looseObject({
    text: text(),
    deviceId: word(),
    instanceId: word(),
    host: word(),
    ip: word(),
    mode: word(),
    version: word(),
    platform: word(),
    deviceFamily: word(),
    modelIdentifier: word(),
    lastInputSeconds: z.optional(z.number()),
    reason: word(),
    roles: words(),
    scopes: words(),
    tags: words(),
  });
}

/** The period that a usage report covers. */
export function usagePeriod() {
  return { startDate: word(), endDate: word(), range: word(), mode: word(), utcOffset: word() };
}

/** Whose artifacts; the handler answers when none of them is given. */
function artifactScope() {
  return { sessionKey: name(), runId: name(), taskId: name() };
}
