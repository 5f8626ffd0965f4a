/**
 * Responses that were made earlier: `GET`, `DELETE`, their input, and the end of those that are still
 * made in the background.
 *
 * @module
 */
import type { RequestContext } from "../context.ts";
import {
  errorResponse,
  hasScope,
  HttpError,
  invalidRequest,
  JSON_TYPE,
  methodNotAllowed,
  scopeError,
} from "../errors.ts";
import type { HttpStoredResponse } from "../response_types.ts";
import { RESPONSES_PATH } from "../unknown_path.ts";
import { firstEventOf, followEnded, followJournal } from "./follow.ts";

const WRITE = "operator.write";

/**
 * Answers requests below {@linkcode RESPONSES_PATH}.
 *
 * @throws {HttpError} `RESPONSE_NOT_FOUND` for ids that are unknown or somebody else's.
 */
export async function answerStored(context: RequestContext): Promise<Response> {
  const { request, auth, path } = context;
  const [encodedId = "", action, ...rest] = path.slice(RESPONSES_PATH.length + 1).split("/");
  const route = rest.length === 0 ? ROUTES.find((each) => each.action === action) : undefined;
  if (route === undefined || encodedId === "") throw unknownAction(path);
  const answer = route.answers[request.method];
  if (answer === undefined) return methodNotAllowed(Object.keys(route.answers));
  if (request.method !== "GET" && !hasScope(auth!.scopes, WRITE)) {
    return errorResponse(scopeError(WRITE), "gateway");
  }
  return await answer(context, find(context, decodeId(encodedId)));
}

type Answer = (context: RequestContext, stored: HttpStoredResponse) => Response | Promise<Response>;

const ROUTES: readonly { action?: string; answers: Readonly<Record<string, Answer>> }[] = [
  { answers: { GET: retrieve, DELETE: remove } },
  { action: "input_items", answers: { GET: listInput } },
  { action: "cancel", answers: { POST: cancel } },
];

async function retrieve(context: RequestContext, stored: HttpStoredResponse): Promise<Response> {
  const { id, pieces } = stored;
  const { responses } = context.deps;
  // An end can be read a moment before it is on disk; it is told of only then.
  if (stored.response.status !== "in_progress") await responses.journal(id)?.ended;
  const response = asItIs(stored, responses.isUnderWay(id));
  const query = new URL(context.request.url).searchParams;
  if (query.get("stream") !== "true") return json(response);
  const from = firstEventOf(query);
  const journal = responses.journal(id);
  if (journal !== undefined) return followJournal(context, journal, from);
  const isInterrupted = response !== stored.response;
  return followEnded(context, { response, pieces, isInterrupted }, from);
}

/** A response that says it is under way and is not was lost when the gateway stopped. */
function asItIs({ response }: HttpStoredResponse, isUnderWay: boolean): Record<string, unknown> {
  if (response.status !== "in_progress" || isUnderWay) return response;
  const error = {
    code: "server_error",
    message: "The gateway stopped while the response was under way",
    openclaw_code: "RUN_INTERRUPTED",
    hint: "Send the request again",
  };
  return { ...response, status: "failed", error };
}

async function remove({ deps }: RequestContext, stored: HttpStoredResponse): Promise<Response> {
  const { id, subject } = stored;
  if (deps.responses.isUnderWay(id)) await deps.responses.cancel(id);
  await deps.responses.remove(id, subject);
  return json({ id, object: "response", deleted: true });
}

async function cancel(context: RequestContext, stored: HttpStoredResponse): Promise<Response> {
  const { responses } = context.deps;
  if (stored.response.background !== true) {
    throw invalidRequest(
      "Cannot cancel a synchronous response.",
      "Close the connection of its request; only `background` responses are cancelled here",
    );
  }
  if (responses.isUnderWay(stored.id)) await responses.cancel(stored.id);
  return json(asItIs(find(context, stored.id), false));
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

function listInput({ request }: RequestContext, { input }: HttpStoredResponse): Response {
  const query = new URL(request.url).searchParams;
  const items = query.get("order") === "asc" ? input : input.toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) throw invalidRequest("after: No item has this id");
  const limit = readLimit(query.get("limit"));
  const data = items.slice(start, start + limit);
  return json({
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < items.length,
  });
}

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw invalidRequest(`limit: Invalid input: expected a number from 1 to ${MAX_LIMIT}`);
}

function find({ deps, auth }: RequestContext, id: string): HttpStoredResponse {
  const stored = deps.responses.find(id, auth!.subject);
  if (stored !== undefined) return stored;
  throw new HttpError(404, "RESPONSE_NOT_FOUND", `Response with id '${id}' not found.`, {
    hint: "Responses with `store: false` are not kept, others for 30 days",
  });
}

function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // A stray percent sign; the decoder names no position.
    throw invalidRequest("Invalid response id encoding.");
  }
}

function unknownAction(path: string): HttpError {
  return new HttpError(404, "NOT_FOUND", `Unknown path "${path.slice(0, 120)}"`, {
    hint: `A response has ${RESPONSES_PATH}/{id}, /input_items below it, and /cancel`,
  });
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: { "content-type": JSON_TYPE } });
}
