/**
 * How the commands about nodes talk to the gateway, and which node they mean.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type {
  NodeInvokeResult,
  NodeListResult,
  NodePairListResult,
  NodeRow,
} from "../../protocol/mod.ts";
import { deviceTarget } from "../pairing/ask.ts";
import { ask, type Call } from "../remote/ask.ts";
import type { CommandContext } from "../table.ts";
import { findNode } from "./find.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const NODE_TIMEOUT_MS = 15_000;
/** What the gateway gets besides the time of the node. */
const MARGIN_MS = 5_000;

/** Connects for the named methods, acts, and closes again. */
export async function askNodes<T>(
  context: CommandContext,
  methods: readonly string[],
  act: (call: Call) => Promise<T>,
  scopes: readonly string[] = [],
): Promise<T> {
  const timeoutMs = context.options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  return await ask(context, await deviceTarget(context), { timeoutMs, methods, scopes }, act);
}

/** All known nodes. */
export function listNodes(call: Call): Promise<NodeListResult> {
  return call<NodeListResult>("node.list");
}

/** Nodes that wait for a decision, and approved ones. */
export function listNodePairing(call: Call): Promise<NodePairListResult> {
  return call<NodePairListResult>("node.pair.list");
}

/**
 * The node that the command line names, as an argument or as an option.
 *
 * @throws {AppError} `USAGE` when none is named.
 */
export function wantedNode({ args, options }: CommandContext): string {
  const wanted = args[0] ?? options.text("node");
  if (wanted !== undefined) return wanted;
  throw new AppError("USAGE", "Missing <node>: name the node", { hint: "openclaw nodes list" });
}

/**
 * Asks the node that the command line names.
 *
 * @throws {AppError} What the gateway answers.
 */
export async function invokeOnNode(
  context: CommandContext,
  request: { command: string; params: unknown; idempotencyKey: string },
): Promise<{ node: NodeRow; result: NodeInvokeResult }> {
  const { options } = context;
  const wanted = wantedNode(context);
  const nodeTimeoutMs = options.number("invoke-timeout") ?? NODE_TIMEOUT_MS;
  const timeoutMs = Math.max(options.number("timeout") ?? 0, nodeTimeoutMs + MARGIN_MS);
  const methods = ["node.list", "node.invoke"];
  return await ask(context, await deviceTarget(context), { timeoutMs, methods }, async (call) => {
    const node = findNode((await listNodes(call)).nodes, wanted);
    const params = { nodeId: node.nodeId, ...request, timeoutMs: nodeTimeoutMs };
    return { node, result: await call<NodeInvokeResult>("node.invoke", params) };
  });
}
