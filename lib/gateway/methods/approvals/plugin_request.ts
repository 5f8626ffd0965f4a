/**
 * What approvers are shown of a plugin's request.
 *
 * @module
 */
import type { ApprovalClient, ApprovalQuestion } from "../../../approvals/mod.ts";
import { PLUGIN_APPROVAL_TIMEOUT_MS } from "../../../protocol/mod.ts";
import { APPROVAL_DECISIONS, type MethodParams } from "../../../protocol/methods/mod.ts";
import { turnSource } from "./exec_request.ts";
import { visibleText } from "./visible_text.ts";

/** The question of a plugin. */
export function pluginQuestion(
  params: MethodParams<"plugin.approval.request">,
  askedBy: ApprovalClient,
): ApprovalQuestion {
  const allowedDecisions = params.allowedDecisions?.length
    ? params.allowedDecisions
    : APPROVAL_DECISIONS;
  return {
    kind: "plugin",
    request: {
      pluginId: params.pluginId ?? null,
      title: visibleText(params.title),
      description: visibleText(params.description),
      severity: params.severity ?? null,
      toolName: params.toolName ?? null,
      toolCallId: params.toolCallId ?? null,
      allowedDecisions: [...allowedDecisions],
      agentId: params.agentId ?? null,
      sessionKey: params.sessionKey ?? null,
      ...turnSource(params),
    },
    allowedDecisions,
    timeoutMs: params.timeoutMs ?? PLUGIN_APPROVAL_TIMEOUT_MS,
    askedBy,
  };
}
