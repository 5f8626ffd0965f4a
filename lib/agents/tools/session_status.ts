/**
 * `session_status`.
 *
 * @module
 */
import * as z from "zod/mini";
import { AppError } from "../../base/mod.ts";
import type { ToolContext, ToolResult } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { defineTool, type RegisteredTool } from "./registry.ts";
import { textResult } from "./results.ts";
import { LIST_HINT, placeOf, refuseSession } from "./session_access.ts";

/** Tells the state of a session and sets its model. */
export function sessionStatusTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "session_status",
    label: "Session Status",
    summary: "Show session status, usage, and model state.",
    description:
      "Show the state of a session, your own unless you name one: model, tokens, time. " +
      'With model, sets the model of the session; "default" takes it back.',
    section: "sessions",
    arguments: () =>
      z.object({
        sessionKey: z.optional(z.string().check(z.minLength(1))),
        model: z.optional(z.string().check(z.minLength(1))),
      }),
    execute: (args, context) => showStatus(host, args, context),
  });
}

async function showStatus(
  host: ToolHost,
  { sessionKey, model }: { sessionKey?: string | undefined; model?: string | undefined },
  context: ToolContext,
): Promise<ToolResult> {
  const named = sessionKey?.trim();
  const target = named === undefined || named === "current"
    ? { key: context.sessionKey, agentId: context.agentId }
    : placeOf(host, named, context);
  const refusal = refuseSession(host, "status", context, target);
  if (refusal !== undefined) {
    const hint = "openclaw config get tools.sessions.visibility";
    throw new AppError("TOOL_FORBIDDEN", refusal, { hint });
  }
  if (
    named !== undefined && target.key !== context.sessionKey && !host.store.getSession(target.key)
  ) {
    throw new AppError("TOOL_INPUT_INVALID", `Unknown sessionKey: ${named}`, { hint: LIST_HINT });
  }
  if (model !== undefined) {
    const chosen = model.trim().toLowerCase() === "default" ? null : model;
    await host.call("sessions.patch", { key: target.key, model: chosen }, context);
  }
  const statusText = host.statusText({ agentId: target.agentId, sessionKey: target.key });
  return textResult(statusText, {
    ok: true,
    sessionKey: target.key,
    changedModel: model !== undefined,
    statusText,
  });
}
