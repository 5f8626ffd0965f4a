/**
 * `GET /sessions/{key}/history`: a transcript page by page, or as it grows.
 *
 * @module
 */
import type { RequestContext } from "../context.ts";
import { hasScope, JSON_TYPE } from "../errors.ts";
import { MAX_HISTORY_PAGE } from "../limits.ts";
import { SSE_HEADERS, sseStream } from "../sse_stream.ts";
import { HistoryFollower } from "./follower.ts";
import { historyJson } from "./history_json.ts";
import { sessionOf } from "./key.ts";
import type { HttpHistoryQuery } from "./types.ts";

/**
 * Answers with a page, or with an event stream where the client accepts one.
 *
 * @throws {HttpError} 400, 404
 */
export function answerHistory(context: RequestContext): Response {
  const { key } = sessionOf(context);
  const query = queryOf(new URL(context.request.url).searchParams);
  if (!acceptsEvents(context.request)) {
    const page = context.deps.sessions.history(key, query);
    return new Response(historyJson(key, page), { headers: { "content-type": JSON_TYPE } });
  }
  const follower = new HistoryFollower(context.deps.sessions, key, query);
  const body = sseStream({
    next: () => follower.next(),
    onCancel: () => follower.close(),
    now: () => context.deps.now(),
    mayWrite: () => isStillAllowed(context),
  });
  return new Response(body, { headers: SSE_HEADERS });
}

/** Whether the credential that opened the stream is still good for it. */
function isStillAllowed({ deps, request, peer }: RequestContext): boolean {
  const auth = deps.authorize(request, peer);
  return auth.ok && hasScope(auth.scopes, "operator.read");
}

function acceptsEvents({ headers }: Request): boolean {
  return (headers.get("accept") ?? "").toLowerCase().includes("text/event-stream");
}

/** `limit` from 1 to 1000, 1 when it is none of them; `cursor` as `N` or `seq:N`. */
function queryOf(params: URLSearchParams): HttpHistoryQuery {
  const query: HttpHistoryQuery = {};
  const limit = params.get("limit");
  if (limit !== null && limit.trim() !== "") {
    const wanted = Math.floor(Number(limit));
    query.limit = wanted >= 1 ? Math.min(wanted, MAX_HISTORY_PAGE) : 1;
  }
  const seq = /^(?:seq:)?(\d{1,15})$/.exec(params.get("cursor")?.trim() ?? "")?.[1];
  if (seq !== undefined && Number(seq) > 0) query.beforeSeq = Number(seq);
  return query;
}
