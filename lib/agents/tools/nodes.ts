/**
 * `nodes`.
 *
 * @module
 */
import * as z from "zod/mini";
import { isObject, parseJsonOrUndefined, randomId } from "../../base/mod.ts";
import type { ToolContext } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { defineTool, type RegisteredTool, toolInputInvalid } from "./registry.ts";
import { dataResult } from "./results.ts";

const ACTIONS = [
  "status",
  "list",
  "describe",
  "pending",
  "approve",
  "reject",
  "notify",
  "invoke",
] as const;

/** Finds nodes and asks them for something. */
export function nodesTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "nodes",
    label: "Nodes",
    summary: "Nodes + devices",
    description: "Find nodes and ask them for something: status (all), describe (node), pending, " +
      "approve or reject (requestId), notify (node, title, body), invoke (node, invokeCommand, " +
      "invokeParamsJson, invokeTimeoutMs). A node is named by id or display name.",
    section: "nodes",
    isOwnerOnly: true,
    arguments: argumentsSchema,
    execute: async (args, context) => dataResult(await act(host, args, context)),
  });
}

function argumentsSchema() {
  const text = z.optional(z.string());
  return z.object({
    action: z.enum(ACTIONS),
    node: text,
    requestId: text,
    title: text,
    body: text,
    sound: text,
    priority: z.optional(z.enum(["passive", "active", "timeSensitive"])),
    delivery: z.optional(z.enum(["system", "overlay", "auto"])),
    invokeCommand: text,
    invokeParamsJson: text,
    invokeTimeoutMs: z.optional(z.int().check(z.gte(1), z.lte(10 * 60 * 1000))),
  });
}

type Arguments = z.infer<ReturnType<typeof argumentsSchema>>;

async function act(host: ToolHost, args: Arguments, context: ToolContext): Promise<unknown> {
  const call = (method: string, params: Record<string, unknown>) =>
    host.call(method, params, context);
  switch (args.action) {
    case "status":
    case "list":
      return await call("node.list", {});
    case "describe":
      return await call("node.describe", { nodeId: await nodeId(host, args, context) });
    case "pending":
      return await call("node.pair.list", {});
    case "approve":
    case "reject":
      return await call(`node.pair.${args.action}`, {
        requestId: required(args.requestId, "requestId"),
      });
    case "notify": {
      if (!args.title?.trim() && !args.body?.trim()) throw missing("title or body");
      const { title, body, sound, priority, delivery } = args;
      const params = withoutUndefined({ title, body, sound, priority, delivery });
      return await invoke(host, args, context, "system.notify", params);
    }
    case "invoke":
      return await invoke(
        host,
        args,
        context,
        required(args.invokeCommand, "invokeCommand"),
        paramsOf(args.invokeParamsJson),
      );
  }
}

async function invoke(
  host: ToolHost,
  args: Arguments,
  context: ToolContext,
  command: string,
  params: Record<string, unknown>,
): Promise<unknown> {
  const { invokeTimeoutMs: timeoutMs } = args;
  return await host.call("node.invoke", {
    nodeId: await nodeId(host, args, context),
    command,
    params,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    idempotencyKey: randomId(),
  }, context);
}

/** The id of the node that the caller names by id or by name. */
async function nodeId(host: ToolHost, args: Arguments, context: ToolContext): Promise<string> {
  const wanted = required(args.node, "node").trim();
  const { nodes } = await host.call("node.list", {}, context);
  const rows = Array.isArray(nodes) ? nodes.filter(isObject) : [];
  const byId = rows.find((row) => row.nodeId === wanted);
  if (byId) return wanted;
  const lower = wanted.toLowerCase();
  const named = rows.filter(({ displayName }) =>
    typeof displayName === "string" && displayName.toLowerCase() === lower
  );
  const [only] = named;
  if (named.length === 1 && typeof only?.nodeId === "string") return only.nodeId;
  const what = named.length > 1 ? `ambiguous node: ${wanted}` : `unknown node: ${wanted}`;
  throw toolInputInvalid(what, "openclaw nodes list", "nodes");
}

function paramsOf(json: string | undefined): Record<string, unknown> {
  if (json === undefined || json.trim() === "") return {};
  const value = parseJsonOrUndefined(json);
  if (isObject(value)) return value;
  const message = "invokeParamsJson must be a JSON object";
  throw toolInputInvalid(message, "openclaw nodes describe <node>", "nodes");
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined && value.trim() !== "") return value;
  throw missing(name);
}

function missing(name: string) {
  return toolInputInvalid(`${name} required`, "openclaw nodes list", "nodes");
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
