/**
 * Asking a node for something: who may be asked for what, once per idempotency key, and what becomes
 * of a command that an app in the background cannot carry out.
 *
 * @module
 */
import { AppError, errorMessage, sha256Hex } from "../../base/mod.ts";
import { allowedNodeCommands } from "../../devices/mod.ts";
import {
  IDEMPOTENCY_TTL_MS,
  MAX_KEPT_INVOKE_CHARS,
  type NodeInvokeResult,
} from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import type { Call } from "../rpc.ts";
import type { GatewayState } from "../state.ts";
import { commandPolicy } from "./connecting.ts";
import type { ConnectedNode } from "./connected_nodes.ts";
import {
  type InvokeOutcome,
  type NodeAnswer,
  type NodeCommand,
  notConnected,
} from "./invocations.ts";
import { answerOf } from "./invoke_answer.ts";
import { authorizeRun, type RunCaller } from "./system_run_approval.ts";

const RESULT_SCOPE = "node.invoke";
/** Runs any program: nothing but an approval of the gateway's own makes a node skip its questions. */
const SYSTEM_RUN = "system.run";
/** What an app answers whose system does not let it act. */
const IN_BACKGROUND = "NODE_BACKGROUND_UNAVAILABLE";
/** Commands that phones carry out only while their app is on the screen. */
const FOREGROUND_ONLY = /^(canvas|camera|screen|talk)\./;
const FOREGROUND_PLATFORM = /^(ios|ipados|iphone|ipad)/i;

/**
 * Runs a command on a node. A repeat of the same key joins what is under way, or gets what came of it
 * for five minutes; a command that got no answer, or was refused, is sent again, under the same key.
 * A key counts for its caller, node, command and parameters together.
 *
 * @throws {AppError} `NOT_CONNECTED`, `NODE_COMMAND_NOT_ALLOWED`, `NODE_TIMEOUT`,
 * `NODE_INVOKE_FAILED`, `QUEUED_UNTIL_FOREGROUND`
 */
export async function invokeNode(
  state: GatewayState,
  { params, client }: Call<MethodParams<"node.invoke">>,
): Promise<NodeInvokeResult> {
  const nodeId = params.nodeId.trim();
  const command = params.command.trim();
  if (nodeId === "" || command === "") {
    throw new AppError("INVALID_REQUEST", "nodeId and command required", {
      hint: "openclaw nodes list",
    });
  }
  refuseApprovalsFile(command);
  const { underWay } = state.nodes;
  const key = await keyOf({ ...params, nodeId, command }, client.identity);
  const known = state.store.recallResult(RESULT_SCOPE, key, state.clock.now());
  if (known) return answerOf(nodeId, command, known.result as InvokeOutcome);
  let outcome = underWay.get(key);
  if (!outcome) {
    const node = requireNode(state, nodeId);
    outcome = runOnce(state, node, { ...params, command }, key, client.identity);
    underWay.set(key, outcome);
    const isOver = () => void underWay.delete(key);
    outcome.then(isOver, isOver);
  }
  return answerOf(nodeId, command, await outcome);
}

/** Nobody gets what somebody else was answered, nor the answer to another question; 64 characters. */
async function keyOf(
  { nodeId, command, params, idempotencyKey }: MethodParams<"node.invoke">,
  { deviceId = "" }: RunCaller,
): Promise<string> {
  const question = JSON.stringify(params) ?? "";
  return await sha256Hex(JSON.stringify([deviceId, nodeId, command, idempotencyKey, question]));
}

/** Sends a command of the gateway's own, such as the relayed ones about approvals. */
export async function relayToNode(
  state: GatewayState,
  nodeId: string,
  request: NodeCommand,
): Promise<unknown> {
  const node = requireNode(state, nodeId.trim());
  requireCommand(state, node, request.command);
  const outcome = await state.nodes.invocations.send(node, request);
  return answerOf(node.nodeId, request.command, outcome).payload;
}

function requireNode({ nodes }: GatewayState, nodeId: string): ConnectedNode {
  const node = nodes.connected.get(nodeId);
  if (!node) throw notConnected();
  return node;
}

/** That file of a node is an admin's business and has methods of its own. */
function refuseApprovalsFile(command: string): void {
  if (!command.startsWith("system.execApprovals.")) return;
  throw new AppError(
    "INVALID_REQUEST",
    "node.invoke does not allow system.execApprovals.*; use exec.approvals.node.*",
    { hint: "openclaw gateway call exec.approvals.node.get", details: { command } },
  );
}

/** @throws {AppError} `NODE_COMMAND_NOT_ALLOWED` */
function requireCommand(
  state: GatewayState,
  { declaration }: ConnectedNode,
  command: string,
): void {
  const { commands: declared = [], platform } = declaration;
  const policy = commandPolicy(state);
  if (!allowedNodeCommands(declaration, policy).has(command)) {
    throw notAllowed(
      command,
      "command not allowlisted",
      `"${command}" is not in the allowlist for platform "${platform}"`,
      "openclaw config get gateway.nodes.allowCommands",
    );
  }
  if (declared.length === 0) {
    const message = "the node did not declare any supported commands";
    throw notAllowed(command, "node did not declare commands", message, "openclaw nodes list");
  }
  if (!declared.includes(command)) {
    throw notAllowed(
      command,
      "command not declared by node",
      `the node (platform: ${platform}) does not support "${command}"`,
      "openclaw nodes list",
    );
  }
  if (state.nodes.registry.commandsOf(declaration, policy).commands.includes(command)) return;
  throw notAllowed(
    command,
    "command not approved",
    `"${command}" of this node waits for approval`,
    "openclaw nodes pending",
  );
}

function notAllowed(command: string, reason: string, what: string, hint: string): AppError {
  return new AppError("NODE_COMMAND_NOT_ALLOWED", `node command not allowed: ${what}`, {
    hint,
    details: { reason, command },
  });
}

async function runOnce(
  state: GatewayState,
  node: ConnectedNode,
  request: MethodParams<"node.invoke">,
  key: string,
  caller: RunCaller,
): Promise<InvokeOutcome> {
  requireCommand(state, node, request.command);
  const params = request.command === SYSTEM_RUN
    ? await authorizeRun(
      { nodeId: node.nodeId, params: request.params, caller },
      state.nodes.runApprovals,
      state.clock.now(),
    )
    : request.params;
  const answered = await state.nodes.invocations.send(node, { ...request, params });
  const paramsJSON = params === undefined ? null : JSON.stringify(params);
  const outcome = mustWait(node, request.command, paramsJSON, answered)
    ? await queue(state, node, { command: request.command, paramsJSON, key }, answered)
    : answered;
  await remember(state, key, outcome);
  return outcome;
}

/** What is too large to be kept is not queued either: the caller hears that it failed. */
function mustWait(
  { declaration }: ConnectedNode,
  command: string,
  paramsJSON: string | null,
  answered: NodeAnswer,
): boolean {
  if ((paramsJSON?.length ?? 0) > MAX_KEPT_INVOKE_CHARS) return false;
  return !answered.ok && answered.nodeError?.code === IN_BACKGROUND &&
    FOREGROUND_PLATFORM.test(declaration.platform ?? "") && FOREGROUND_ONLY.test(command);
}

async function queue(
  { nodes }: GatewayState,
  { nodeId }: ConnectedNode,
  { command, paramsJSON, key }: { command: string; paramsJSON: string | null; key: string },
  answered: NodeAnswer,
): Promise<InvokeOutcome> {
  const action = { command, paramsJSON, idempotencyKey: key };
  const { id } = await nodes.queue.addAction(nodeId, action);
  const nodeError = answered.ok ? null : answered.nodeError;
  return { ok: false, queuedActionId: id, nodeError };
}

/**
 * Keeps what came of a command for its repeats, unless it is too large to be kept. What the node
 * refused did nothing and may do something the next time. The command is done: that this could not be
 * written down must not hide its answer.
 */
async function remember(
  { store, clock, log }: GatewayState,
  key: string,
  outcome: InvokeOutcome,
): Promise<void> {
  const isRefused = !outcome.ok && !("queuedActionId" in outcome);
  if (isRefused || JSON.stringify(outcome).length > MAX_KEPT_INVOKE_CHARS) return;
  const now = clock.now();
  await store.rememberResult(RESULT_SCOPE, key, outcome, { ttlMs: IDEMPOTENCY_TTL_MS, now })
    .catch((error) => log.warn(`answer of a node is not kept: ${errorMessage(error)}`));
}
