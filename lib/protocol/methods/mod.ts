/**
 * The methods and the schemas of their parameters.
 *
 * An entry of its own beside `lib/protocol/mod.ts`, since it loads the schema engine: only a server
 * needs it. Each schema is built when its method is called for the first time.
 *
 * @module
 */
import * as z from "zod/mini";
import type { ErrorShape } from "../errors.ts";
import { invalidParamsMessage } from "../issues.ts";
import { invalidRequest } from "../refusals.ts";
import { type MethodAccess, methodAccess } from "../scopes.ts";
import { AGENT_PARAMS } from "./agents.ts";
import { APPROVAL_PARAMS } from "./approvals.ts";
import { CHANNEL_PARAMS } from "./channels.ts";
import { CHAT_PARAMS } from "./chat.ts";
import { CONFIG_PARAMS } from "./config.ts";
import { CRON_PARAMS } from "./cron.ts";
import { DEVICE_PARAMS } from "./devices.ts";
import { once } from "./fields.ts";
import { SESSION_PARAMS } from "./sessions.ts";
import { SYSTEM_PARAMS } from "./system.ts";
import { TOOL_PARAMS } from "./tools.ts";
import { UNAVAILABLE_METHODS } from "./unavailable.ts";
import { VOICE_PARAMS } from "./voice.ts";

export {
  APPROVAL_DECISIONS,
  type ApprovalDecision,
  type ExecApprovalsFile,
  parseExecApprovals,
} from "./approvals.ts";
export { type ConnectParams, connectParamsSchema, parseConnectParams } from "./connect.ts";
export type { CronDelivery, CronFailureAlert, CronPayload, CronSchedule } from "./cron.ts";
export { TASK_STATUSES } from "./system.ts";
export { UNAVAILABLE_METHODS } from "./unavailable.ts";
export { TALK_BRAINS, TALK_MODES, TALK_TRANSPORTS } from "./voice.ts";

const PARAMS = {
  ...SYSTEM_PARAMS,
  ...AGENT_PARAMS,
  ...CHAT_PARAMS,
  ...SESSION_PARAMS,
  ...CHANNEL_PARAMS,
  ...CONFIG_PARAMS,
  ...CRON_PARAMS,
  ...DEVICE_PARAMS,
  ...APPROVAL_PARAMS,
  ...TOOL_PARAMS,
  ...VOICE_PARAMS,
};

/** A method whose parameters are known here. */
export type MethodName = keyof typeof PARAMS;

/** The parameters of a method, after they were checked. */
export type MethodParams<M extends MethodName> = z.infer<ReturnType<typeof PARAMS[M]>>;

/** What the gateway has to know before it calls a handler. */
export interface MethodSpec<M extends MethodName> {
  /** What the caller must be; see {@linkcode methodAccess}. */
  readonly access: MethodAccess;
  /** The schema of the parameters; built at the first call. */
  params(): ReturnType<typeof PARAMS[M]>;
}

/** All methods with a schema; those of {@linkcode UNAVAILABLE_METHODS} have no handler. */
export const METHODS: { readonly [M in MethodName]: MethodSpec<M> } = buildMethods();

function buildMethods(): { readonly [M in MethodName]: MethodSpec<M> } {
  const entries = Object.entries(PARAMS).map(([name, build]) => [
    name,
    { access: methodAccess(name), params: once<z.core.$ZodType>(build) },
  ]);
  // Entry by entry each value belongs to its key, which the type of a record built so cannot say.
  return Object.fromEntries(entries) as { readonly [M in MethodName]: MethodSpec<M> };
}

/** Names of all methods that this build answers after `connect`, in alphabetical order. */
export function offeredMethods(): string[] {
  const isOffered = (name: string) =>
    name !== "connect" && !Object.hasOwn(UNAVAILABLE_METHODS, name);
  return Object.keys(METHODS).filter(isOffered).sort();
}

/** Whether the parameters of `method` are known here. */
export function isKnownMethod(method: string): method is MethodName {
  return Object.hasOwn(METHODS, method);
}

/**
 * Checks the parameters of a call.
 *
 * @returns The typed parameters, or the refusal to send:
 * `invalid <method> params: must have required property 'key'; …`.
 */
export function validateParams<M extends MethodName>(
  method: M,
  params: unknown,
): { ok: true; params: MethodParams<M> } | { ok: false; error: ErrorShape } {
  const schema: z.core.$ZodType = METHODS[method].params();
  const result = z.safeParse(schema, params);
  if (result.success) return { ok: true, params: result.data as MethodParams<M> };
  const message = invalidParamsMessage(method, result.error.issues, params);
  return { ok: false, error: invalidRequest(message) };
}
