/**
 * Names of the pictures in a transcript: where one stands, in the form of a UUID.
 *
 * The first group is the position of the message and the second that of the part; the rest is that of
 * the transcript's own id, which is random. A name therefore belongs to one transcript and stays the
 * same for ever.
 *
 * @module
 */

/** Where a picture stands. */
export interface MediaPlace {
  seq: number;
  /** Index in the message's content. */
  part: number;
  /** The last three groups of the transcript's id. */
  tail: string;
}

const TRANSCRIPT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-(4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$/;
const MAX_SEQ = 0xffff_ffff;
const MAX_PART = 0xffff;

/** The part of a transcript's id that the names of its pictures end with. */
export function mediaTail(sessionId: string): string | undefined {
  return TRANSCRIPT_ID.exec(sessionId)?.[1];
}

/** The name of a picture; nothing in a transcript whose id is no random UUID. */
export function mediaId(sessionId: string, seq: number, part: number): string | undefined {
  const tail = mediaTail(sessionId);
  if (tail === undefined || seq > MAX_SEQ || part > MAX_PART) return undefined;
  return `${hex(seq, 8)}-${hex(part, 4)}-${tail}`;
}

/** Where the picture of a name stands; nothing for what is no name of one. */
export function parseMediaId(id: string): MediaPlace | undefined {
  const tail = mediaTail(id);
  if (tail === undefined) return undefined;
  const [seq, part] = id.split("-");
  return { seq: parseInt(seq!, 16), part: parseInt(part!, 16), tail };
}

/** Where clients fetch a picture. */
export function mediaUrl(sessionKey: string, id: string): string {
  return `/api/chat/media/outgoing/${encodeURIComponent(sessionKey)}/${id}/full`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
