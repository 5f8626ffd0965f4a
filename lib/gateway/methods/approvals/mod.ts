/**
 * Methods about approvals and the policy behind them.
 *
 * @module
 */
import type { ApprovalClient, ApprovalKind, ApprovalQuestion } from "../../../approvals/mod.ts";
import { type ApprovalAccepted, type ApprovalOutcome, hasScope } from "../../../protocol/mod.ts";
import type { Client } from "../../client.ts";
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import { visibleText } from "./visible_text.ts";

/** `exec.approval.*`, `plugin.approval.*` and `exec.approvals.*`; loaded at the first call. */
export function approvalMethods(state: GatewayState): Handlers {
  const { approvals } = state;
  const execRequests = () => import("./exec_request.ts");
  const policy = () => import("./policy.ts");
  return {
    "exec.approval.request": async ({ params, client, acknowledge }) => {
      const { execQuestion } = await execRequests();
      const question = await execQuestion(params, askerOf(client));
      return await ask(state, question, params.twoPhase ? acknowledge : undefined);
    },
    "exec.approval.waitDecision": ({ params }) => approvals.waitDecision("exec", params.id),
    "exec.approval.get": async ({ params }) => {
      const { execDetails } = await execRequests();
      const { id, request, allowedDecisions, expiresAtMs } = approvals.get("exec", params.id);
      return execDetails(id, request, allowedDecisions, expiresAtMs);
    },
    "exec.approval.list": () => approvals.list("exec"),
    "exec.approval.resolve": ({ params, client }) => resolve(state, "exec", params, client),
    "plugin.approval.request": async ({ params, client, acknowledge }) => {
      const { pluginQuestion } = await import("./plugin_request.ts");
      const question = pluginQuestion(params, askerOf(client));
      return await ask(state, question, params.twoPhase ? acknowledge : undefined);
    },
    "plugin.approval.waitDecision": ({ params }) => approvals.waitDecision("plugin", params.id),
    "plugin.approval.list": () => approvals.list("plugin"),
    "plugin.approval.resolve": ({ params, client }) => resolve(state, "plugin", params, client),
    "exec.approvals.get": async () => (await policy()).getPolicy(state),
    "exec.approvals.set": async ({ params }) => (await policy()).setPolicy(state, params),
  };
}

function askerOf({ identity: { connId, deviceId } }: Client): ApprovalClient {
  return { connId, ...(deviceId === undefined ? {} : { deviceId }) };
}

/** Puts a question; its asker hears at once that it waits, when it wants to, and then the decision. */
async function ask(
  { approvals }: GatewayState,
  question: ApprovalQuestion,
  acknowledge: ((payload: ApprovalAccepted) => void) | undefined,
): Promise<ApprovalOutcome> {
  const { record, outcome } = await approvals.ask(question);
  const { id, state, createdAtMs, expiresAtMs } = record;
  if (state === "pending") acknowledge?.({ status: "accepted", id, createdAtMs, expiresAtMs });
  return await outcome;
}

async function resolve(
  state: GatewayState,
  kind: ApprovalKind,
  { id, decision }: { id: string; decision: string },
  client: Client,
): Promise<{ ok: true }> {
  const { displayName, clientId, scopes } = client.identity;
  const { record } = await state.approvals.resolve(kind, id, decision, {
    name: visibleText(displayName ?? clientId),
    client: askerOf(client),
    mayAllowOwn: hasScope(scopes, "operator.admin"),
  });
  if (kind === "exec" && record.decision === "allow-always") {
    const { rememberAllowed } = await import("./policy.ts");
    await rememberAllowed(state, record);
  }
  return { ok: true };
}
