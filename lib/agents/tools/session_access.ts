/**
 * From what a tool's caller names to a session that it may reach.
 *
 * @module
 */
import { canonicalSessionKey } from "../../sessions/mod.ts";
import { AppError } from "../../base/mod.ts";
import type { ToolContext } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { toolInputInvalid } from "./registry.ts";
import { refusalOf, type SessionAction, type SessionPlace, visibilityRules } from "./visibility.ts";

/**
 * The session that a key, or the id of a transcript, means.
 *
 * @throws {AppError} `TOOL_INPUT_INVALID` when it is neither.
 */
export function placeOf(
  { store }: ToolHost,
  named: string,
  { agentId }: ToolContext,
): SessionPlace {
  const byId = TRANSCRIPT_ID.test(named.trim()) ? store.getSessionById(named.trim()) : undefined;
  if (byId) return { key: byId.key, agentId: byId.agentId };
  try {
    return canonicalSessionKey(named, { defaultAgentId: agentId });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw toolInputInvalid(error.message, error.hint ?? LIST_HINT);
  }
}

const TRANSCRIPT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** How a caller finds out which sessions there are. */
export const LIST_HINT = "openclaw gateway call sessions.list";

/** Why the caller may not reach a session; nothing when it may. */
export function refuseSession(
  host: ToolHost,
  action: SessionAction,
  { sessionKey, agentId }: ToolContext,
  target: SessionPlace,
): string | undefined {
  return refusalOf(
    action,
    { key: sessionKey, agentId },
    target,
    visibilityRules(host.config()),
    () => host.store.isBelow(target.key, sessionKey),
  );
}
