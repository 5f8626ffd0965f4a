/**
 * Parameters of the methods about scheduled jobs, and the shapes that a job is made of.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_CRON_ROWS } from "../limits.ts";
import {
  clearable,
  count,
  flag,
  integer,
  name,
  none,
  text,
  thread,
  word,
  words,
} from "./fields.ts";

/** Schemas by method. */
export const CRON_PARAMS = {
  "cron.list": () =>
    z.strictObject({
      includeDisabled: flag(),
      limit: count(1, MAX_CRON_ROWS),
      offset: count(),
      query: word(),
      enabled: z.optional(z.enum(["all", "enabled", "disabled"])),
      sortBy: word(),
      sortDir: sortDir(),
      agentId: word(),
    }),
  "cron.status": none,
  "cron.get": () => withJob(z.strictObject(jobRef())),
  "cron.add": () =>
    z.strictObject({
      name: text(),
      ...jobFields(),
      schedule: scheduleSchema(),
      payload: payloadSchema(),
      delivery: z.optional(deliverySchema()),
    }),
  "cron.update": () => withJob(z.strictObject({ ...jobRef(), patch: patchSchema() })),
  "cron.remove": () => withJob(z.strictObject(jobRef())),
  "cron.run": () =>
    withJob(z.strictObject({ ...jobRef(), mode: z.optional(z.enum(["due", "force"])) })),
  "cron.runs": () =>
    z.strictObject({
      scope: word(),
      ...jobRef(),
      limit: count(1, MAX_CRON_ROWS),
      offset: count(),
      status: word(),
      statuses: words(),
      deliveryStatus: word(),
      deliveryStatuses: words(),
      query: word(),
      sortDir: sortDir(),
    }),
};

function sortDir() {
  return z.optional(z.enum(["asc", "desc"]));
}

/** A job by either of the names that clients use. */
function jobRef() {
  return { id: name(), jobId: name() };
}

/** Demands one of the two names. */
function withJob<T extends z.ZodMiniType<{ id?: string | undefined; jobId?: string | undefined }>>(
  schema: T,
): T {
  return schema.check(z.refine(
    ({ id, jobId }) => id !== undefined || jobId !== undefined,
    { error: "must have required property 'id'" },
  ));
}

/** Fields that are the same in a new job and in a patch. */
function jobFields() {
  return {
    agentId: clearable(),
    sessionKey: clearable(),
    description: word(),
    enabled: flag(),
    deleteAfterRun: flag(),
    sessionTarget: z.optional(
      z.string().check(z.regex(/^(?:main|isolated|current|session:.+)$/)),
    ),
    wakeMode: z.optional(z.enum(["now", "next-heartbeat"])),
    failureAlert: z.optional(z.union([z.literal(false), failureAlertSchema()])),
  };
}

function patchSchema() {
  return z.strictObject({
    name: name(),
    ...jobFields(),
    schedule: z.optional(scheduleSchema()),
    payload: z.optional(payloadPatchSchema()),
    delivery: z.optional(z.partial(deliverySchema())),
  });
}

/** When a job runs. */
function scheduleSchema() {
  return z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("at"), at: text() }),
    z.strictObject({ kind: z.literal("every"), everyMs: integer(1), anchorMs: count() }),
    z.strictObject({ kind: z.literal("cron"), expr: text(), tz: word(), staggerMs: count() }),
  ]);
}

/** What a job does. */
function payloadSchema() {
  return z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("systemEvent"), text: text() }),
    z.strictObject({
      kind: z.literal("agentTurn"),
      message: text(),
      model: word(),
      fallbacks: words(),
      thinking: word(),
      timeoutSeconds: count(),
      allowUnsafeExternalContent: flag(),
      lightContext: flag(),
      toolsAllow: words(),
    }),
  ]);
}

/** A change of what a job does: absent keeps, `null` clears. */
function payloadPatchSchema() {
  return z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("systemEvent"), text: name() }),
    z.strictObject({
      kind: z.literal("agentTurn"),
      message: name(),
      model: clearable(),
      fallbacks: z.optional(z.nullable(z.array(z.string()))),
      thinking: clearable(),
      timeoutSeconds: count(),
      allowUnsafeExternalContent: flag(),
      lightContext: flag(),
      toolsAllow: z.optional(z.nullable(z.array(z.string()))),
    }),
  ]);
}

/** Where the outcome of a job goes. */
function deliverySchema() {
  return z.strictObject({
    mode: z.enum(["none", "announce", "webhook"]),
    channel: word(),
    to: word(),
    threadId: thread(),
    accountId: word(),
    bestEffort: flag(),
    failureDestination: z.optional(z.strictObject({
      mode: z.optional(z.enum(["announce", "webhook"])),
      channel: word(),
      to: word(),
      accountId: word(),
    })),
  });
}

/** When and where repeated failures are told. */
function failureAlertSchema() {
  return z.strictObject({
    after: count(1),
    channel: word(),
    to: word(),
    cooldownMs: count(),
    includeSkipped: flag(),
    mode: z.optional(z.enum(["announce", "webhook"])),
    accountId: word(),
  });
}

/** When a job runs. */
export type CronSchedule = z.infer<ReturnType<typeof scheduleSchema>>;
/** What a job does. */
export type CronPayload = z.infer<ReturnType<typeof payloadSchema>>;
/** Where the outcome of a job goes. */
export type CronDelivery = z.infer<ReturnType<typeof deliverySchema>>;
/** When and where repeated failures of a job are told. */
export type CronFailureAlert = z.infer<ReturnType<typeof failureAlertSchema>>;
