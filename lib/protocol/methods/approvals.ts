/**
 * Parameters of the methods about approvals and the file that holds their policy.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  MAX_APPROVAL_DESCRIPTION_CHARS,
  MAX_APPROVAL_TITLE_CHARS,
  MAX_PLUGIN_APPROVAL_TIMEOUT_MS,
} from "../limits.ts";
import { describeIssues } from "../issues.ts";
import {
  any,
  anyObject,
  clearable,
  count,
  flag,
  name,
  none,
  text,
  thread,
  word,
} from "./fields.ts";

/** What can be decided about a request. */
export const APPROVAL_DECISIONS = ["allow-once", "allow-always", "deny"] as const;

/** One of {@linkcode APPROVAL_DECISIONS}. */
export type ApprovalDecision = typeof APPROVAL_DECISIONS[number];

/** Schemas by method. */
export const APPROVAL_PARAMS = {
  "exec.approval.request": execRequestParams,
  "exec.approval.waitDecision": byId,
  "exec.approval.get": byId,
  "exec.approval.list": any,
  "exec.approval.resolve": decisionParams,
  "plugin.approval.request": pluginRequestParams,
  "plugin.approval.waitDecision": byId,
  "plugin.approval.list": any,
  "plugin.approval.resolve": decisionParams,
  "exec.approvals.get": none,
  "exec.approvals.set": () => z.strictObject({ file: approvalsFileSchema(), baseHash: name() }),
  "exec.approvals.node.get": () => z.strictObject({ nodeId: text() }),
  "exec.approvals.node.set": () =>
    z.strictObject({ nodeId: text(), file: approvalsFileSchema(), baseHash: name() }),
};

function byId() {
  return z.strictObject({ id: text() });
}

/** The handler refuses a decision it does not know, in words of its own. */
function decisionParams() {
  return z.strictObject({ id: text(), decision: text() });
}

/** Where the turn came from that asks. */
function turnSource() {
  return {
    turnSourceChannel: clearable(),
    turnSourceTo: clearable(),
    turnSourceAccountId: clearable(),
    turnSourceThreadId: thread(),
  };
}

function execRequestParams() {
  return z.strictObject({
    id: name(),
    command: name(),
    systemRunPlan: z.optional(z.nullable(anyObject())),
    commandArgv: z.optional(z.array(z.string())),
    cwd: clearable(),
    nodeId: clearable(),
    host: clearable(),
    security: clearable(),
    ask: clearable(),
    env: z.optional(z.record(z.string(), z.string())),
    warningText: clearable(),
    commandSpans: z.optional(z.array(z.unknown())),
    agentId: clearable(),
    sessionKey: clearable(),
    ...turnSource(),
    resolvedPath: clearable(),
    timeoutMs: count(1),
    twoPhase: flag(),
  }).check(z.refine(
    ({ command, systemRunPlan }) => command !== undefined || Boolean(systemRunPlan),
    { error: "must have required property 'command'" },
  ));
}

function pluginRequestParams() {
  return z.strictObject({
    title: text(MAX_APPROVAL_TITLE_CHARS),
    description: text(MAX_APPROVAL_DESCRIPTION_CHARS),
    pluginId: clearable(),
    severity: clearable(),
    toolName: clearable(),
    toolCallId: clearable(),
    allowedDecisions: z.optional(z.array(z.enum(APPROVAL_DECISIONS))),
    agentId: clearable(),
    sessionKey: clearable(),
    ...turnSource(),
    timeoutMs: count(1, MAX_PLUGIN_APPROVAL_TIMEOUT_MS),
    twoPhase: flag(),
  });
}

/** The policy file; what is not known here stays in it. */
function approvalsFileSchema() {
  return z.looseObject({
    version: z.literal(1),
    socket: z.optional(z.looseObject({ path: word() })),
    defaults: z.optional(z.looseObject(policyFields())),
    agents: z.optional(z.record(
      z.string(),
      z.looseObject({
        ...policyFields(),
        allowlist: z.optional(z.array(z.looseObject({ pattern: text(), argPattern: word() }))),
      }),
    )),
  });
}

function policyFields() {
  return {
    security: z.optional(z.enum(["deny", "allowlist", "full"])),
    ask: z.optional(z.enum(["off", "on-miss", "always"])),
    askFallback: z.optional(z.enum(["deny", "allowlist", "full"])),
    autoAllowSkills: flag(),
  };
}

/** The policy file of exec approvals. */
export type ExecApprovalsFile = z.infer<ReturnType<typeof approvalsFileSchema>>;

/**
 * Checks the content of a policy file.
 *
 * @returns The typed content, or what is wrong with it.
 */
export function parseExecApprovals(
  value: unknown,
): { ok: true; file: ExecApprovalsFile } | { ok: false; problem: string } {
  const result = z.safeParse(approvalsFileSchema(), value);
  return result.success
    ? { ok: true, file: result.data }
    : { ok: false, problem: describeIssues(result.error.issues, value) };
}
