/**
 * Parameters of the methods of a conversation.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  MAX_HISTORY_MESSAGES,
  MAX_HISTORY_TEXT_CHARS,
  MAX_INJECT_LABEL_CHARS,
  MAX_SESSION_KEY_CHARS,
} from "../limits.ts";
import { anyObject, count, flag, name, text, word } from "./fields.ts";

/** Schemas by method. */
export const CHAT_PARAMS = {
  "chat.history": () =>
    z.strictObject({
      sessionKey: text(),
      limit: count(1, MAX_HISTORY_MESSAGES),
      maxChars: count(1, MAX_HISTORY_TEXT_CHARS),
      cursor: name(),
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
      timeoutMs: count(),
      originatingChannel: word(),
      originatingTo: word(),
      originatingAccountId: word(),
      originatingThreadId: word(),
      systemInputProvenance: z.optional(anyObject()),
      systemProvenanceReceipt: word(),
    }),
  "chat.abort": () => z.strictObject({ sessionKey: text(), runId: name() }),
  "chat.inject": () =>
    z.strictObject({
      sessionKey: text(),
      message: text(),
      label: z.optional(z.string().check(z.maxLength(MAX_INJECT_LABEL_CHARS))),
    }),
};
