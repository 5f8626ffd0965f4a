/**
 * Parameters of the methods about conversations and their sessions.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_HISTORY_MESSAGES, MAX_HISTORY_TEXT_CHARS, MAX_SESSION_KEY_CHARS } from "../limits.ts";
import { anyObject, integer, text } from "./fields.ts";

const flag = () => z.optional(z.boolean());
const word = () => z.optional(z.string());

/** Schemas by method. */
export const CHAT_PARAMS = {
  "chat.history": () =>
    z.strictObject({
      sessionKey: text(),
      limit: z.optional(integer(1, MAX_HISTORY_MESSAGES)),
      maxChars: z.optional(integer(1, MAX_HISTORY_TEXT_CHARS)),
      cursor: z.optional(text()),
    }),
  "chat.send": () =>
    z.strictObject({
      sessionKey: text(MAX_SESSION_KEY_CHARS),
      message: z.string(),
      idempotencyKey: text(),
      sessionId: word(),
      thinking: word(),
      fastMode: flag(),
      deliver: flag(),
      attachments: z.optional(z.array(z.unknown())),
      timeoutMs: z.optional(integer(0)),
      originatingChannel: word(),
      originatingTo: word(),
      originatingAccountId: word(),
      originatingThreadId: word(),
      systemInputProvenance: z.optional(anyObject()),
      systemProvenanceReceipt: word(),
    }),
  "chat.abort": () => z.strictObject({ sessionKey: text(), runId: z.optional(text()) }),
  "sessions.list": () =>
    z.strictObject({
      limit: z.optional(integer(1)),
      activeMinutes: z.optional(integer(1)),
      includeGlobal: flag(),
      includeUnknown: flag(),
      configuredAgentsOnly: flag(),
      includeDerivedTitles: flag(),
      includeLastMessage: flag(),
      label: word(),
      spawnedBy: word(),
      agentId: word(),
      search: word(),
    }),
  "sessions.subscribe": () => z.unknown(),
  "sessions.unsubscribe": () => z.unknown(),
  "sessions.messages.subscribe": () => z.strictObject({ key: text() }),
  "sessions.messages.unsubscribe": () => z.strictObject({ key: text() }),
};
