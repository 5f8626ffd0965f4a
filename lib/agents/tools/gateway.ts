/**
 * `gateway`.
 *
 * @module
 */
import * as z from "zod/mini";
import type { ToolContext } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { defineTool, type RegisteredTool, toolInputInvalid } from "./registry.ts";
import { dataResult } from "./results.ts";

const ACTIONS = [
  "restart",
  "config.get",
  "config.schema.lookup",
  "config.apply",
  "config.patch",
] as const;

/** Shows and changes the configuration, and restarts the gateway. */
export function gatewayTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "gateway",
    label: "Gateway",
    summary: "Gateway control",
    description:
      "Control the gateway: config.get, config.schema.lookup (path), config.patch (raw " +
      "JSON merge patch, baseHash), config.apply (raw whole config, baseHash), restart (note, " +
      "delayMs). How commands are approved cannot be changed with it.",
    section: "automation",
    isOwnerOnly: true,
    arguments: argumentsSchema,
    execute: async (args, context) =>
      dataResult({ ok: true, result: await act(host, args, context) }),
  });
}

function argumentsSchema() {
  const text = z.optional(z.string());
  const ms = z.optional(z.int().check(z.gte(0), z.lte(60 * 60 * 1000)));
  return z.object({
    action: z.enum(ACTIONS),
    path: text,
    raw: text,
    baseHash: text,
    note: text,
    reason: text,
    delayMs: ms,
    restartDelayMs: ms,
    sessionKey: text,
  });
}

type Arguments = z.infer<ReturnType<typeof argumentsSchema>>;

async function act(host: ToolHost, args: Arguments, context: ToolContext): Promise<unknown> {
  switch (args.action) {
    case "restart": {
      const reason = args.reason ?? args.note ?? "requested by a tool";
      return await host.call("gateway.restart.request", { reason }, context);
    }
    case "config.get":
      return await host.call("config.get", {}, context);
    case "config.schema.lookup":
      return await host.call(args.action, { path: required(args.path, "path") }, context);
    default:
      return await write(host, args.action, args, context);
  }
}

/** Writes on the very file that was looked at, which is the one the caller has seen if it says so. */
async function write(
  host: ToolHost,
  method: "config.apply" | "config.patch",
  args: Arguments,
  context: ToolContext,
): Promise<unknown> {
  const raw = required(args.raw, "raw");
  const baseHash = await host.guardConfigChange(method, raw, args.baseHash);
  const { note, restartDelayMs = args.delayMs, sessionKey = context.sessionKey } = args;
  return await host.call(method, {
    raw,
    baseHash,
    sessionKey,
    ...(note === undefined ? {} : { note }),
    ...(restartDelayMs === undefined ? {} : { restartDelayMs }),
  }, context);
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined && value !== "") return value;
  throw toolInputInvalid(`${name} required`, "openclaw gateway call config.get", "gateway");
}
