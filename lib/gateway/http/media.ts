/**
 * Pictures of transcripts and local files, as the HTTP room serves them.
 *
 * @module
 */
import type { HttpMedia, HttpMediaBody } from "../../http/mod.ts";
import { AppError, fromBase64 } from "../../base/mod.ts";
import { canonicalSessionKey } from "../../sessions/mod.ts";
import { mediaTail, parseMediaId } from "../media_ids.ts";
import type { GatewayState } from "../state.ts";

/** Pictures and files; what local files need is loaded with the first one. */
export function httpMedia(state: GatewayState): HttpMedia {
  let files: Promise<Pick<HttpMedia, "inspect" | "open" | "issueTicket" | "isTicketValid">>;
  const local = () =>
    files ??= import("./local_media.ts").then(({ localMedia }) => localMedia(state));
  return {
    picture: (sessionKey, id) => pictureOf(state, sessionKey, id),
    inspect: async (source) => await (await local()).inspect(source),
    open: async (source) => await (await local()).open(source),
    issueTicket: async (source) => await (await local()).issueTicket(source),
    isTicketValid: async (ticket, source) => await (await local()).isTicketValid(ticket, source),
  };
}

/** A picture of the current transcript of a session, or of an earlier one that is still there. */
function pictureOf(
  { store, agents }: GatewayState,
  written: string,
  id: string,
): HttpMediaBody | undefined {
  const key = keyOf(written, agents().defaultId);
  const place = parseMediaId(id);
  if (key === undefined || place === undefined) return undefined;
  const sessionId = store.transcriptIds(key).find((each) => mediaTail(each) === place.tail);
  if (sessionId === undefined) return undefined;
  const part = store.messageAt(sessionId, place.seq)?.message.content[place.part];
  if (part?.type !== "image") return undefined;
  const body = fromBase64(part.data);
  return body && { body, size: body.length, mimeType: part.mimeType };
}

function keyOf(written: string, defaultAgentId: string): string | undefined {
  try {
    return canonicalSessionKey(written, { defaultAgentId }).key;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
