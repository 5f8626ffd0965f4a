/**
 * A conversation that goes on from a point in the past, beside the one that went on already.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import type { Store } from "../store/mod.ts";
import type { ConversationPlace } from "./response_table.ts";
import { sessionNotFound } from "./session_table.ts";
import { createSession, STALE_TOTAL, type Tables } from "./turns.ts";

/**
 * Makes a new session of what was said up to a point; the session it was said in stays as it is.
 *
 * @param target The new session; its key must not exist.
 * @throws {AppError} `SESSION_NOT_FOUND` when nothing is left of the conversation, `STORE_WRITE_FAILED`
 */
export async function branchSession(
  { database, tables, clock }: { database: Store; tables: Tables; clock: Clock },
  place: ConversationPlace,
  target: { key: string; agentId: string },
): Promise<void> {
  const { long, messages } = tables;
  const requireSource = () => {
    const source = messages.find(place.sessionId);
    if (source === undefined) throw sessionNotFound(place.sessionKey);
    return source;
  };
  const copy = await long.copy(requireSource(), { fromSeq: 1, toSeq: place.seq }, clock.now());
  await long.orRemove(copy, () =>
    database.transact(() => {
      // Only while it is there, the copy is whole.
      requireSource();
      createSession(tables, target.key, target.agentId, clock.now(), {
        extra: { parentSessionKey: place.sessionKey, [STALE_TOTAL]: false },
      }, copy);
      messages.giveTo(copy.id, target.key);
    }));
}
