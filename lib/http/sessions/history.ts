/**
 * `GET /sessions/{key}/history`: a transcript page by page, or as it grows.
 *
 * @module
 */
import type { RequestContext } from "../context.ts";
import { authError, JSON_TYPE } from "../errors.ts";
import { MAX_HISTORY_PAGE } from "../limits.ts";
import { SSE_HEADERS, sseStream } from "../sse_stream.ts";
import { HistoryFollower } from "./follower.ts";
import { historyJson } from "./history_json.ts";
import { sessionOf } from "./key.ts";
import type { HttpHistoryQuery } from "./types.ts";

/**
 * Answers with a page, or with an event stream where the client accepts one.
 *
 * @throws {HttpError} 400, 404; 401 when the credential was taken back meanwhile; 503
 */
export function answerHistory(context: RequestContext): Response {
  const { deps } = context;
  const { key } = sessionOf(context);
  const query = queryOf(new URL(context.request.url).searchParams);
  if (!acceptsEvents(context.request)) {
    const page = deps.sessions.history(key, query);
    return new Response(historyJson(key, page), { headers: { "content-type": JSON_TYPE } });
  }
  // Asking anew at each write would count as a guess what was right when the stream began.
  const generation = deps.credentialGeneration();
  const auth = deps.authorize(context.request, context.peer);
  if (!auth.ok) throw authError(auth);
  const follower = new HistoryFollower(deps.sessions, key, query);
  const { stopping } = deps.traffic;
  const end = () => {
    stopping.removeEventListener("abort", end);
    follower.close();
  };
  // It would never end by itself, and a gateway that stops waits for what does.
  stopping.addEventListener("abort", end);
  const body = sseStream({
    next: async () => {
      const frames = await follower.next();
      if (frames === undefined) end();
      return frames;
    },
    onCancel: end,
    now: () => deps.now(),
    mayWrite: () => deps.credentialGeneration() === generation,
  });
  return new Response(body, { headers: SSE_HEADERS });
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
