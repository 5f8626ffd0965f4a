/**
 * Pictures of conversations, and local files that an agent shows.
 *
 * @module
 */
import type { RequestContext } from "../context.ts";
import {
  authError,
  errorResponse,
  hasScope,
  HttpError,
  JSON_TYPE,
  notFoundText,
  scopeError,
  TEXT_TYPE,
} from "../errors.ts";
import type { HttpMediaBody } from "./types.ts";

export type { HttpMedia, HttpMediaBody, HttpMediaRefusal } from "./types.ts";

const PICTURE_PATH =
  /^\/api\/chat\/media\/outgoing\/([^/]+)\/([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\/full$/i;
const READ = "operator.read";

/** What browsers show without running anything in it. */
const SHOWN_INLINE =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp|heic|heif)|(?:audio|video)\/[a-z0-9.+-]+|application\/pdf|text\/plain)$/;

/**
 * Answers `/api/chat/media/outgoing/<session key>/<id>/full`: a picture never changes.
 *
 * @throws {HttpError} 403 for callers that are not the owner.
 */
export function answerPicture({ path, deps, auth }: RequestContext): Response {
  if (!auth?.isOwner) {
    throw new HttpError(403, "SCOPE_MISSING", "owner access required", {
      hint: "Call it with operator.admin",
    });
  }
  const [, segment, id] = PICTURE_PATH.exec(path) ?? [];
  const sessionKey = segment === undefined ? undefined : decoded(segment);
  const picture = sessionKey === undefined || id === undefined
    ? undefined
    : deps.media.picture(sessionKey, id.toLowerCase());
  if (picture === undefined) {
    return new Response("not found", { status: 404, headers: { "content-type": TEXT_TYPE } });
  }
  return fileResponse(picture, "private, max-age=31536000, immutable");
}

/** The decoded segment; nothing for one that is malformed. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // The engine says nothing beyond "malformed".
    return undefined;
  }
}

/**
 * Answers `/__openclaw__/assistant-media?source=…`: with `meta=1` whether the file is served and a
 * ticket for it, else the file, for a ticket or a credential.
 *
 * @throws {HttpError} 401, 429, 503
 */
export async function answerAssistantMedia(context: RequestContext): Promise<Response> {
  const { request, deps: { media } } = context;
  const params = new URL(request.url).searchParams;
  const source = params.get("source")?.trim() ?? "";
  const ticket = params.get("mediaTicket");
  const isMeta = params.get("meta") === "1";
  const hasTicket = !isMeta && ticket !== null && await media.isTicketValid(ticket, source);
  const refused = hasTicket ? undefined : refuse(context);
  if (refused) return refused;
  if (isMeta) return await describe(context, source);
  const file = await media.open(source);
  if (!file.ok) return notFoundText();
  return fileResponse(file, "private, no-store");
}

/** Nothing when the caller may read; a credential in the query counts for nothing. */
function refuse({ request, peer, deps }: RequestContext): Response | undefined {
  if (deps.isStarting()) {
    throw new HttpError(503, "GATEWAY_STARTING", "The gateway is still starting", {
      retryable: true,
      retryAfterMs: 1000,
    });
  }
  const auth = deps.authorize(request, peer);
  if (!auth.ok) throw authError(auth);
  return hasScope(auth.scopes, READ) ? undefined : errorResponse(scopeError(READ), "gateway");
}

async function describe({ deps: { media } }: RequestContext, source: string): Promise<Response> {
  const verdict = await media.inspect(source);
  if (!verdict.ok) {
    const { code, reason } = verdict;
    return json({ available: false, code, reason });
  }
  const { ticket, expiresAt } = await media.issueTicket(source);
  return json({
    available: true,
    mediaTicket: ticket,
    mediaTicketExpiresAt: new Date(expiresAt).toISOString(),
  });
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), {
    headers: { "content-type": JSON_TYPE, "cache-control": "no-store" },
  });
}

/** A body that a browser does not take for a page of the gateway, whatever is in it. */
function fileResponse({ body, size, mimeType }: HttpMediaBody, cacheControl: string): Response {
  const isInline = SHOWN_INLINE.test(mimeType);
  return new Response(body, {
    headers: {
      "content-type": isInline ? mimeType : "application/octet-stream",
      "content-length": String(size),
      "content-disposition": isInline ? "inline" : "attachment",
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": cacheControl,
    },
  });
}
