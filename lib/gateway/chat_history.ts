/**
 * A transcript as clients read it: a page at a time, long texts cut, huge messages replaced.
 *
 * @module
 */
import {
  type ChatMessage,
  DEFAULT_HISTORY_MESSAGES,
  DEFAULT_HISTORY_TEXT_CHARS,
  MAX_HISTORY_MESSAGE_BYTES,
} from "../protocol/mod.ts";
import { ellipsize } from "../base/mod.ts";
import { mediaId, mediaUrl } from "./media_ids.ts";
import type {
  ContentPart,
  SessionEntry,
  SessionStore,
  StoredMessage,
  UserMessage,
} from "../sessions/mod.ts";

/** Which part of a transcript is wanted. */
export interface HistoryQuery {
  /** Messages at most. */
  limit?: number | undefined;
  /** Characters kept of each text. */
  maxChars?: number | undefined;
  /** From an earlier page's `nextCursor`: only messages before it. */
  cursor?: string | undefined;
  /** Bytes of JSON at most, counted from the newest message backwards. */
  maxBytes: number;
}

/** A page of a transcript, oldest first. */
export interface HistoryPage {
  messages: ChatMessage[];
  /** Present when there are older messages. */
  nextCursor?: string;
}

/** Reads a page from the end of the transcript, or from before a cursor. */
export function historyPage(
  store: SessionStore,
  session: SessionEntry,
  query: HistoryQuery,
): HistoryPage {
  const beforeSeq = query.cursor === undefined
    ? undefined
    : Number(query.cursor.replace(/^seq:/, ""));
  const stored = store.history(session.key, {
    limit: query.limit ?? DEFAULT_HISTORY_MESSAGES,
    ...(beforeSeq !== undefined && Number.isInteger(beforeSeq) ? { beforeSeq } : {}),
  });
  const maxChars = query.maxChars ?? DEFAULT_HISTORY_TEXT_CHARS;
  const messages: ChatMessage[] = [];
  let left = query.maxBytes;
  let firstSeq = 0;
  for (const entry of stored.toReversed()) {
    const message = displayMessage(entry, maxChars, session);
    left -= jsonBytes(message);
    if (left < 0 && messages.length > 0) break;
    messages.unshift(message);
    firstSeq = entry.seq;
  }
  return firstSeq > 1 ? { messages, nextCursor: String(firstSeq) } : { messages };
}

/**
 * A stored message as clients see it; a summary is only a line across the conversation.
 *
 * @param session Where it stands; pictures then say where they can be fetched.
 */
export function displayMessage(
  { id, seq, message }: StoredMessage,
  maxChars: number,
  session?: Pick<SessionEntry, "key" | "sessionId">,
): ChatMessage {
  if (message.role === "compaction") {
    return {
      role: "system",
      content: [{ type: "text", text: "Compaction" }],
      timestamp: message.timestamp,
      __openclaw: { kind: "compaction", id, seq },
    };
  }
  const content = message.content.map((part, index) =>
    part.type === "image"
      ? displayImage(part.mimeType, session && mediaId(session.sessionId, seq, index), session?.key)
      : displayPart(part, maxChars)
  );
  // What a client sent along is for the model: a page of it could be larger than all that was said.
  const { earlier: _earlier, toolResults: _results, ...own } = message as UserMessage;
  const shown = { ...own, content, __openclaw: { id, seq } } as ChatMessage;
  const size = jsonBytes(content);
  if (size <= MAX_HISTORY_MESSAGE_BYTES) return shown;
  return {
    role: message.role,
    content: [{ type: "text", text: `[message of ${size} bytes left out]` }],
    timestamp: message.timestamp,
    __openclaw: { id, seq, truncated: true, reason: "oversized" },
  };
}

/** Bytes of a value as JSON in UTF-8. */
function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** A picture without its bytes, and where they are. */
function displayImage(
  mimeType: string,
  mediaId: string | undefined,
  key: string | undefined,
): Record<string, unknown> {
  const image = { type: "image", mimeType, omitted: true };
  if (mediaId === undefined || key === undefined) return image;
  const url = mediaUrl(key, mediaId);
  return { ...image, url, openUrl: url };
}

function displayPart(
  part: Exclude<ContentPart, { type: "image" }>,
  maxChars: number,
): Record<string, unknown> {
  if (part.type === "text") {
    return { type: "text", text: ellipsize(part.text, maxChars) };
  }
  if (part.type === "thinking") {
    return { ...part, thinking: ellipsize(part.thinking, maxChars) };
  }
  return { ...part };
}
