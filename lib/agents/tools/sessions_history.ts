/**
 * `sessions_history`.
 *
 * @module
 */
import * as z from "zod/mini";
import { isObject } from "../../base/mod.ts";
import type { ToolContext } from "../tools.ts";
import type { ShownMessage, ToolHost } from "./host.ts";
import { defineTool, type RegisteredTool } from "./registry.ts";
import { dataResult } from "./results.ts";
import { placeOf, refuseSession } from "./session_access.ts";

const DEFAULT_MESSAGES = 50;
const MAX_MESSAGES = 1000;
/** Characters kept of each text. */
const TEXT_CHARS = 4000;
/** Whole answer. */
const MAX_BYTES = 80 * 1024;

/** Reads the end of a transcript that the caller can see. */
export function sessionsHistoryTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "sessions_history",
    label: "Session History",
    summary: "Read the messages of a visible session.",
    description: "Read the newest messages of a session you can see, oldest first, without " +
      "thinking and attachments; includeTools adds calls of tools and what they answered.",
    section: "sessions",
    arguments: () =>
      z.object({
        sessionKey: z.string().check(z.minLength(1)),
        limit: z.optional(z.int().check(z.gte(1), z.lte(MAX_MESSAGES))),
        includeTools: z.optional(z.boolean()),
      }),
    execute: (args, context) => Promise.resolve(dataResult(readHistory(host, args, context))),
  });
}

function readHistory(
  host: ToolHost,
  { sessionKey, limit = DEFAULT_MESSAGES, includeTools = false }: {
    sessionKey: string;
    limit?: number | undefined;
    includeTools?: boolean | undefined;
  },
  context: ToolContext,
) {
  const target = placeOf(host, sessionKey, context);
  const refusal = refuseSession(host, "history", context, target);
  if (refusal !== undefined) return { status: "forbidden", error: refusal };
  if (!host.store.getSession(target.key)) {
    return { status: "error", error: `Session not found: ${sessionKey}` };
  }
  const query = { limit, maxChars: TEXT_CHARS, maxBytes: MAX_BYTES };
  const { messages, hasMore } = host.transcript(target.key, query);
  return {
    sessionKey: target.key,
    messages: messages.flatMap((message) => sanitized(message, includeTools)),
    truncated: hasMore,
  };
}

/** A message without what is nobody else's business; nothing when nothing is left. */
function sanitized(message: ShownMessage, includeTools: boolean): ShownMessage[] {
  if (message.role === "toolResult" && !includeTools) return [];
  const parts = Array.isArray(message.content) ? message.content.filter(isObject) : [];
  const content = parts.filter(({ type }) =>
    type !== "thinking" && (includeTools || type !== "toolCall")
  );
  return content.length === 0 && parts.length > 0 ? [] : [{ ...message, content }];
}
