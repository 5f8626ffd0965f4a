/**
 * What a heartbeat's answer says, without the word that means "nothing". Pure.
 *
 * @module
 */

/** The word that an agent answers when nothing needs attention. */
const HEARTBEAT_TOKEN = "HEARTBEAT_OK";

/** An answer, read. */
export interface HeartbeatReply {
  /** What is left to be told; empty when nothing is. */
  readonly text: string;
  readonly hasToken: boolean;
}

/**
 * Takes the token off the beginning or the end of an answer. A short rest beside it is dropped too.
 *
 * @param ackMaxChars Longest rest that counts as nothing.
 */
export function readReply(answer: string, ackMaxChars: number): HeartbeatReply {
  const bare = answer.trim().replace(/^(?:[*_`]|<[^>]+>)+|(?:[*_`]|<\/[^>]+>)+$/g, "").trim();
  const atStart = bare.startsWith(HEARTBEAT_TOKEN);
  const atEnd = new RegExp(`${HEARTBEAT_TOKEN}[.!]?$`).test(bare);
  if (!atStart && !atEnd) return { text: answer.trim(), hasToken: false };
  const withoutStart = atStart ? bare.slice(HEARTBEAT_TOKEN.length) : bare;
  const rest = withoutStart.replace(new RegExp(`${HEARTBEAT_TOKEN}[.!]?$`), "").trim();
  return { text: rest.length <= ackMaxChars ? "" : rest, hasToken: true };
}
