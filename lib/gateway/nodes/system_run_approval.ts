/**
 * The gateway's word to a node that a person has approved a command.
 *
 * A node runs what says that it was approved. So nothing that a client claims is handed on: an
 * approval is looked up, and what was approved is what the node is told to run.
 *
 * @module
 */
import { AppError, isObject, type JsonObject } from "../../base/mod.ts";
import type { ApprovalDecision } from "../../protocol/mod.ts";
import { hashVariables } from "./variables_hash.ts";

/** Who asks for something. */
export interface RunCaller {
  readonly connId: string;
  /** Absent for clients without a device of their own. */
  readonly deviceId?: string | undefined;
  readonly scopes: readonly string[];
}

/** A request for approval, as far as running it goes. */
export interface RunApproval {
  /** What approvers were shown; `nodeId`, `systemRunPlan` and `systemRunBinding` count. */
  readonly request: Readonly<JsonObject>;
  /** Absent as long as nobody has decided. */
  readonly decision?: ApprovalDecision | null | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** Who asked for it; where nobody is named, only an admin may use it. */
  readonly askedBy: {
    readonly connId?: string | undefined;
    readonly deviceId?: string | undefined;
  };
}

/** Where requests for approval are looked up. */
export interface RunApprovals {
  /** The request of a whole id, whatever became of it. */
  find(id: string): RunApproval | undefined;
  /**
   * Uses up a decision that holds once.
   *
   * @returns Whether this call was the first; resolves when that is on disk.
   */
  spend(id: string): Promise<boolean>;
}

/** An invoke of `system.run`, and by whom. */
export interface RunInvoke {
  readonly nodeId: string;
  readonly params: unknown;
  readonly caller: RunCaller;
}

/** What a client may say about a run; all else is left out. */
const CLIENT_FIELDS = [
  "command",
  "rawCommand",
  "cwd",
  "env",
  "timeoutMs",
  "agentId",
  "sessionKey",
  "runId",
  "needsScreenRecording",
  "suppressNotifyOnExit",
] as const;
/** What an approval is about: a client may repeat it, and cannot change it. */
const PLAN_FIELDS = ["argv", "cwd", "commandText", "agentId", "sessionKey"] as const;

/**
 * The parameters of `system.run` as the node gets them.
 *
 * Without a claim of approval they are the client's own. With one, the approval has to be decided, in
 * time, of this node, of this caller and about exactly this command, folder and variables; command,
 * folder, agent and session then come from the approval. A decision that holds once is used up.
 *
 * @throws {AppError} `INVALID_REQUEST` with `details.code`: `MISSING_RUN_ID`, `UNKNOWN_APPROVAL_ID`,
 * `APPROVAL_EXPIRED`, `APPROVAL_NODE_BINDING_MISSING`, `APPROVAL_NODE_MISMATCH`,
 * `APPROVAL_CLIENT_MISMATCH`, `APPROVAL_ENV_BINDING_MISSING`, `APPROVAL_ENV_MISMATCH`,
 * `APPROVAL_REQUEST_MISMATCH` or `APPROVAL_REQUIRED`.
 */
export async function authorizeRun(
  { nodeId, params, caller }: RunInvoke,
  approvals: RunApprovals,
  now: number,
): Promise<unknown> {
  if (!isObject(params)) return params;
  const own = pick(params, CLIENT_FIELDS);
  if (!claimsApproval(params)) return own;
  const runId = textOf(params.runId);
  if (runId === undefined) {
    throw refusal("MISSING_RUN_ID", "approval override requires params.runId");
  }
  const approval = approvals.find(runId);
  if (approval === undefined) {
    throw refusal("UNKNOWN_APPROVAL_ID", "unknown or expired approval id", { runId });
  }
  if (now >= approval.expiresAtMs) {
    throw refusal("APPROVAL_EXPIRED", "approval expired", { runId });
  }
  checkNode(approval, nodeId, runId);
  checkCaller(approval, caller, runId);
  await checkVariables(approval, params, runId);
  const plan = checkPlan(approval, params, runId);
  const decision = await takeDecision(approval, approvals, runId);
  return { ...own, ...planParams(plan), runId, approved: true, approvalDecision: decision };
}

/** Whether a client says that somebody has approved; a denial claims nothing. */
function claimsApproval({ approved, approvalDecision }: JsonObject): boolean {
  return approved === true || approvalDecision === "allow-once" ||
    approvalDecision === "allow-always";
}

function checkNode({ request }: RunApproval, nodeId: string, runId: string): void {
  const bound = request.host === "node" ? textOf(request.nodeId) : undefined;
  if (bound === undefined) {
    throw refusal("APPROVAL_NODE_BINDING_MISSING", "approval id missing node binding", { runId });
  }
  if (bound !== nodeId) {
    throw refusal("APPROVAL_NODE_MISMATCH", "approval id not valid for this node", { runId });
  }
}

/** A device answers for itself; a client without one is known by its connection, or is an admin. */
function checkCaller({ askedBy }: RunApproval, caller: RunCaller, runId: string): void {
  const isSame = askedBy.deviceId === undefined
    ? askedBy.connId === caller.connId || caller.scopes.includes("operator.admin")
    : askedBy.deviceId === caller.deviceId;
  if (isSame) return;
  throw refusal("APPROVAL_CLIENT_MISMATCH", "approval id not valid for this client", { runId });
}

async function checkVariables(
  { request }: RunApproval,
  params: JsonObject,
  runId: string,
): Promise<void> {
  const binding = isObject(request.systemRunBinding) ? request.systemRunBinding : {};
  const expectedEnvHash = textOf(binding.envHash) ?? null;
  const env = isObject(params.env) ? params.env : {};
  const envKeys = Object.keys(env).sort();
  const actualEnvHash = await hashVariables(env);
  if (actualEnvHash === expectedEnvHash) return;
  if (expectedEnvHash === null) {
    const message = "approval id missing env binding for requested env overrides";
    throw refusal("APPROVAL_ENV_BINDING_MISSING", message, { runId, envKeys });
  }
  const details = { runId, envKeys, expectedEnvHash, actualEnvHash };
  throw refusal("APPROVAL_ENV_MISMATCH", "approval id env binding mismatch", details);
}

/** The approved plan; what the client repeats of it has to be the same. */
function checkPlan({ request }: RunApproval, params: JsonObject, runId: string): JsonObject {
  const plan = request.systemRunPlan;
  const mismatch = () =>
    refusal("APPROVAL_REQUEST_MISMATCH", "approval id does not match request", { runId });
  if (!isObject(plan) || !Array.isArray(plan.argv) || plan.argv.length === 0) throw mismatch();
  const isGiven = (value: unknown) => value !== undefined && value !== null;
  const repeats = [
    [params.command, plan.argv],
    [params.cwd, plan.cwd],
    [params.agentId, plan.agentId],
    [params.sessionKey, plan.sessionKey],
    ...(isObject(params.systemRunPlan)
      ? PLAN_FIELDS.map((name) => [(params.systemRunPlan as JsonObject)[name], plan[name]])
      : []),
  ];
  if (repeats.some(([said, approved]) => isGiven(said) && !isSame(said, approved))) {
    throw mismatch();
  }
  return plan;
}

/** @returns The decision, which is used up now if it holds once. */
async function takeDecision(
  { decision }: RunApproval,
  approvals: RunApprovals,
  runId: string,
): Promise<"allow-once" | "allow-always"> {
  const isTaken = decision === "allow-always" ||
    (decision === "allow-once" && await approvals.spend(runId));
  if (isTaken) return decision;
  throw refusal("APPROVAL_REQUIRED", "approval required", { runId });
}

function planParams(plan: JsonObject): JsonObject {
  return {
    command: plan.argv,
    rawCommand: plan.commandText,
    systemRunPlan: plan,
    // Absent and not null, so that the client's own are overwritten where the plan has none.
    cwd: plan.cwd ?? undefined,
    agentId: plan.agentId ?? undefined,
    sessionKey: plan.sessionKey ?? undefined,
  };
}

function pick(params: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => params[name] !== undefined).map((name) => [name, params[name]]),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function refusal(code: string, message: string, details: JsonObject = {}): AppError {
  return new AppError("INVALID_REQUEST", message, {
    hint: "openclaw gateway call exec.approval.list",
    details: { code, ...details },
  });
}
