/**
 * Webhooks: who may call them, what they ask for, and what they are answered.
 *
 * @module
 */
import { AppError, headerText, isObject } from "../../base/mod.ts";
import { errorFacts, isInsideFailure, publicFailure } from "../../protocol/mod.ts";
import { readJsonBody } from "../body.ts";
import type { RequestContext } from "../context.ts";
import {
  errorResponse,
  HttpError,
  internalError,
  JSON_TYPE,
  methodNotAllowed,
  notFoundText,
  TEXT_TYPE,
} from "../errors.ts";
import { parseAgentRun, parseMapped, parseWake } from "./payload.ts";
import type { HookAction, HookCall, HttpHooks } from "./types.ts";

const QUERY_TOKEN = "Hook token must be provided via Authorization: Bearer <token> or " +
  "X-OpenClaw-Token header (query parameters are not allowed).";
/** A longer key does not count as one. */
const MAX_IDEMPOTENCY_KEY_CHARS = 256;
/** Headers that nobody but the gate gets to see. */
const TOKEN_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "x-openclaw-token",
  "cookie",
]);

/** Answers a request to the path of the webhooks, or below it. */
export async function answerHook(context: RequestContext, hooks: HttpHooks): Promise<Response> {
  const { request, peer, deps } = context;
  const url = new URL(request.url);
  // The address is in logs on its way, so a token in it is no secret any more.
  if (url.searchParams.has("token")) return textResponse(400, QUERY_TOKEN);
  if (request.method !== "POST") return methodNotAllowed(["POST"]);
  const verdict = hooks.authorize(tokenOf(request.headers), peer.address);
  if (!verdict.ok) return refuse(verdict.retryAfterMs);
  const path = context.path.slice(hooks.path.length).replace(/^\/+|\/+$/g, "");
  if (path === "") return notFoundText();
  try {
    const call = await readCall(request, url, path, hooks.maxBodyBytes);
    const action = await actionOf(call, hooks);
    if (action === undefined) return notFoundText();
    if (action === null) return new Response(null, { status: 204 });
    const reply = { ok: true, ...await hooks.dispatch(action, call) };
    return new Response(JSON.stringify(reply), { headers: { "content-type": JSON_TYPE } });
  } catch (thrown) {
    if (!(thrown instanceof AppError) || isInsideFailure(thrown)) {
      deps.reportError("hook", thrown);
    }
    return errorResponse(asHttpError(thrown), "hooks");
  }
}

async function actionOf(call: HookCall, hooks: HttpHooks): Promise<HookAction | null | undefined> {
  const fields = isObject(call.payload) ? call.payload : {};
  if (call.path === "wake") return parseWake(fields);
  if (call.path === "agent") return parseAgentRun(fields);
  const mapped = await hooks.map(call);
  return mapped ? parseMapped(mapped) : mapped;
}

async function readCall(
  request: Request,
  url: URL,
  path: string,
  maxBodyBytes: number,
): Promise<HookCall> {
  const body = await readJsonBody(request, maxBodyBytes);
  const payload = (typeof body === "object" && body !== null ? body : {}) as HookCall["payload"];
  const headers = Object.fromEntries(
    [...request.headers].filter(([name]) => !TOKEN_HEADERS.has(name))
      .map(([name, value]) => [name, headerText(value)]),
  );
  const key = idempotencyKeyOf(request.headers, payload);
  return { path, url, headers, payload, ...(key === undefined ? {} : { idempotencyKey: key }) };
}

function tokenOf(headers: Headers): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim();
  const shown = bearer || headers.get("x-openclaw-token")?.trim();
  return shown ? headerText(shown) : undefined;
}

function idempotencyKeyOf(headers: Headers, { idempotencyKey }: HookCall["payload"]) {
  const given = [
    headers.get("idempotency-key"),
    headers.get("x-openclaw-idempotency-key"),
    typeof idempotencyKey === "string" ? idempotencyKey : undefined,
  ];
  const key = given.map((each) => each?.trim()).find((each) => each);
  return key === undefined || key.length > MAX_IDEMPOTENCY_KEY_CHARS ? undefined : key;
}

function refuse(retryAfterMs: number | undefined): Response {
  if (retryAfterMs === undefined) return textResponse(401, "Unauthorized");
  const response = textResponse(429, "Too Many Requests");
  response.headers.set("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  return response;
}

function textResponse(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": TEXT_TYPE } });
}

/** What the sender reads; an unexpected failure says nothing of its cause. */
function asHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  if (!(thrown instanceof AppError)) return internalError(thrown);
  const { message, hint } = publicFailure(thrown);
  return new HttpError(errorFacts(thrown.code).http, thrown.code, message, {
    cause: thrown,
    ...(hint === undefined ? {} : { hint }),
  });
}
