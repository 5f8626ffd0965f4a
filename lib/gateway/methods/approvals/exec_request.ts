/**
 * What approvers are shown of a command, made from what its asker says.
 *
 * @module
 */
import type { ApprovalClient, ApprovalQuestion } from "../../../approvals/mod.ts";
import { AppError, isObject, type JsonObject } from "../../../base/mod.ts";
import {
  type ApprovalDecision,
  EXEC_APPROVAL_TIMEOUT_MS,
  type ExecApprovalDetails,
  MAX_EXEC_APPROVAL_TIMEOUT_MS,
} from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { hashVariables } from "../../nodes/variables_hash.ts";
import { visibleText } from "./visible_text.ts";

type ExecRequest = MethodParams<"exec.approval.request">;

/** Ids of plugins' requests start with it. */
const PLUGIN_PREFIX = "plugin:";

/** What a node has prepared to run, as far as it is understood here. */
interface RunPlan {
  readonly argv: readonly string[];
  readonly cwd: string | null;
  readonly agentId: string | null;
  readonly sessionKey: string | null;
}

/**
 * The question of a command.
 *
 * @throws {AppError} `APPROVAL_INVALID` when it does not say what is to run.
 */
export async function execQuestion(
  params: ExecRequest,
  askedBy: ApprovalClient,
): Promise<ApprovalQuestion> {
  if (params.id?.startsWith(PLUGIN_PREFIX)) {
    throw invalid(`approval ids starting with ${PLUGIN_PREFIX} are reserved`);
  }
  const plan = planOf(params);
  const allowedDecisions = decisionsFor(params.ask);
  return {
    kind: "exec",
    id: params.id,
    request: await requestOf(params, plan, allowedDecisions),
    allowedDecisions,
    timeoutMs: Math.min(params.timeoutMs ?? EXEC_APPROVAL_TIMEOUT_MS, MAX_EXEC_APPROVAL_TIMEOUT_MS),
    askedBy,
  };
}

/** The result of `exec.approval.get`. */
export function execDetails(
  id: string,
  request: JsonObject,
  allowedDecisions: readonly ApprovalDecision[],
  expiresAtMs: number,
): ExecApprovalDetails {
  const plan = isObject(request.systemRunPlan) ? request.systemRunPlan : {};
  return {
    id,
    commandText: String(request.command),
    commandPreview: previewOf(plan),
    allowedDecisions: [...allowedDecisions],
    host: textOrNull(request.host),
    nodeId: textOrNull(request.nodeId),
    agentId: textOrNull(request.agentId),
    expiresAtMs,
  };
}

/** The line that a shell is given as text; any other part of a command would hide the rest of it. */
function previewOf({ argv, commandPreview }: JsonObject): string | null {
  const isLine = Array.isArray(argv) && argv.length === 3 && /^-l?c$/.test(String(argv[1])) &&
    argv[2] === commandPreview;
  return isLine ? visibleText(String(commandPreview)) : null;
}

/** The plan that a node's command needs; other commands may have one. */
function planOf({ host, nodeId, systemRunPlan }: ExecRequest): RunPlan | undefined {
  if (host === "node" && !nodeId) throw invalid("nodeId is required for host=node");
  if (!systemRunPlan) {
    if (host === "node") throw invalid("systemRunPlan is required for host=node");
    return undefined;
  }
  const { argv } = systemRunPlan;
  if (
    !Array.isArray(argv) || argv.length === 0 || !argv.every((word) => typeof word === "string")
  ) {
    throw invalid("systemRunPlan.argv must be a list of strings");
  }
  return {
    argv,
    cwd: textOrNull(systemRunPlan.cwd),
    agentId: textOrNull(systemRunPlan.agentId),
    sessionKey: textOrNull(systemRunPlan.sessionKey),
  };
}

async function requestOf(
  params: ExecRequest,
  plan: RunPlan | undefined,
  allowedDecisions: readonly ApprovalDecision[],
): Promise<JsonObject> {
  // What a node will really run counts, whatever the asker or the plan calls it.
  const isPlanned = params.host === "node" || params.command === undefined;
  const command = isPlanned ? shellText(plan?.argv ?? []) : params.command!;
  const commandArgv = isPlanned ? plan?.argv : params.commandArgv;
  const shown = visibleText(command);
  const envKeys = Object.keys(params.env ?? {}).sort();
  return {
    command: shown,
    ...(params.commandArgv === undefined || commandArgv === undefined
      ? {}
      : { commandArgv: commandArgv.map(visibleText) }),
    ...(envKeys.length === 0 ? {} : { envKeys }),
    systemRunBinding: plan === undefined || params.host !== "node" ? null : {
      argv: plan.argv,
      cwd: plan.cwd,
      agentId: plan.agentId,
      sessionKey: plan.sessionKey,
      envHash: await hashVariables(params.env ?? {}),
    },
    systemRunPlan: params.systemRunPlan ?? null,
    cwd: visibleOrNull(plan?.cwd ?? params.cwd),
    nodeId: params.nodeId ?? null,
    host: params.host ?? null,
    security: params.security ?? null,
    ask: params.ask ?? null,
    warningText: params.warningText ? visibleText(params.warningText) : null,
    commandAnalysis: null,
    // They are places in the asker's own text.
    ...(params.commandSpans === undefined || shown !== params.command
      ? {}
      : { commandSpans: params.commandSpans }),
    allowedDecisions: [...allowedDecisions],
    agentId: plan?.agentId ?? params.agentId ?? null,
    resolvedPath: visibleOrNull(params.resolvedPath),
    sessionKey: plan?.sessionKey ?? params.sessionKey ?? null,
    ...turnSource(params),
  };
}

/** Where the turn came from that asks, as both kinds of request have it. */
export function turnSource(
  params: Pick<
    ExecRequest,
    "turnSourceChannel" | "turnSourceTo" | "turnSourceAccountId" | "turnSourceThreadId"
  >,
): JsonObject {
  return {
    turnSourceChannel: params.turnSourceChannel ?? null,
    turnSourceTo: params.turnSourceTo ?? null,
    turnSourceAccountId: params.turnSourceAccountId ?? null,
    turnSourceThreadId: params.turnSourceThreadId ?? null,
  };
}

/** Who is to be asked every time cannot be told to stop asking. */
function decisionsFor(ask: string | null | undefined): ApprovalDecision[] {
  return ask === "always" ? ["allow-once", "deny"] : ["allow-once", "allow-always", "deny"];
}

/** Words as a shell would take them. */
function shellText(argv: readonly string[]): string {
  return argv.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
  ).join(" ");
}

function visibleOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : visibleText(text);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function invalid(message: string): AppError {
  return new AppError("APPROVAL_INVALID", message, {
    hint: "openclaw approvals pending",
  });
}
