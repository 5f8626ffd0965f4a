/**
 * Parameters of the methods about channels and what is sent through them.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_POLL_OPTIONS, MIN_POLL_OPTIONS } from "../limits.ts";
import { anyObject, count, flag, name, text, word, words } from "./fields.ts";

/** Schemas by method. */
export const CHANNEL_PARAMS = {
  "channels.status": () => z.strictObject({ probe: flag(), timeoutMs: count(), channel: name() }),
  "channels.start": byAccount,
  "channels.stop": byAccount,
  "channels.logout": byAccount,
  "send": () =>
    z.strictObject({
      to: text(),
      idempotencyKey: text(),
      message: word(),
      mediaUrl: word(),
      mediaUrls: words(),
      channel: word(),
      accountId: word(),
      agentId: word(),
      replyToId: word(),
      threadId: word(),
      asVoice: flag(),
      gifPlayback: flag(),
      forceDocument: flag(),
      silent: flag(),
      parseMode: z.optional(z.enum(["HTML"])),
      sessionKey: word(),
    }),
  "poll": () =>
    z.strictObject({
      to: text(),
      question: text(),
      options: z.array(text()).check(z.minLength(MIN_POLL_OPTIONS), z.maxLength(MAX_POLL_OPTIONS)),
      idempotencyKey: text(),
      maxSelections: count(1, MAX_POLL_OPTIONS),
      durationSeconds: count(1),
      durationHours: count(1),
      silent: flag(),
      isAnonymous: flag(),
      threadId: word(),
      channel: word(),
      accountId: word(),
    }),
  "message.action": () =>
    z.looseObject({
      channel: text(),
      action: text(),
      params: anyObject(),
      idempotencyKey: text(),
      accountId: word(),
      sessionKey: word(),
      agentId: word(),
      senderIsOwner: flag(),
      toolContext: z.optional(anyObject()),
    }),
  "web.login.start": () =>
    z.strictObject({ force: flag(), timeoutMs: count(), verbose: flag(), accountId: word() }),
  "web.login.wait": () =>
    z.strictObject({ timeoutMs: count(), accountId: word(), currentQrDataUrl: word() }),
};

function byAccount() {
  return z.strictObject({ channel: text(), accountId: name() });
}
