/**
 * A page of a transcript as JSON text.
 *
 * @module
 */
import type { HttpHistoryPage } from "./types.ts";

/** A page as clients get it, which have it under two names. */
export function historyJson(key: string, { messages, nextCursor }: HttpHistoryPage): string {
  const list = JSON.stringify(messages);
  const more = nextCursor === undefined
    ? `"hasMore":false`
    : `"hasMore":true,"nextCursor":${JSON.stringify(nextCursor)}`;
  return `{"sessionKey":${JSON.stringify(key)},"items":${list},"messages":${list},${more}}`;
}
