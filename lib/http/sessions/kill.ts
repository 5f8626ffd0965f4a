/**
 * `POST /sessions/{key}/kill`: ends what runs in a session.
 *
 * @module
 */
import type { RequestContext } from "../context.ts";
import { errorResponse, hasScope, HttpError, JSON_TYPE, scopeError } from "../errors.ts";
import { sessionOf } from "./key.ts";

const REQUESTER_HEADER = "x-openclaw-requester-session-key";

/**
 * Ends the runs of a session, for an administrator on this machine or for the session that began it.
 *
 * @throws {HttpError} 400, 403, 404
 */
export async function answerKill(context: RequestContext): Promise<Response> {
  const { request, peer, deps: { sessions }, auth } = context;
  const requester = request.headers.get(REQUESTER_HEADER)?.trim() || undefined;
  if (requester === undefined && !peer.isLocalDirect) throw notOwner();
  const needed = requester === undefined ? "operator.admin" : "operator.write";
  if (!hasScope(auth?.scopes ?? [], needed)) return errorResponse(scopeError(needed), "gateway");
  const { key } = sessionOf(context);
  if (requester !== undefined) {
    const requesterKey = sessions.canonicalKey(requester);
    if (requesterKey === undefined || !sessions.controls(requesterKey, key)) throw notOwner();
  }
  const killed = await sessions.kill(key);
  return new Response(JSON.stringify({ ok: true, killed }), {
    headers: { "content-type": JSON_TYPE },
  });
}

function notOwner(): HttpError {
  return new HttpError(
    403,
    "RUN_ABORT_REFUSED",
    "Session kills require a local admin request or requester session ownership.",
    {
      hint:
        `Ask on the gateway's machine, or name the session that began it in ${REQUESTER_HEADER}`,
    },
  );
}
