/**
 * The route table and the life of a request: size, name, route, switch, method, credential, scope,
 * handler, common headers.
 *
 * @module
 */
import { completeChat } from "./chat/completions.ts";
import { pathOf, type RequestContext } from "./context.ts";
import { addCorsHeaders, allowedOrigin, answerPreflight, isPreflight } from "./cors.ts";
import {
  authError,
  type ErrorFamily,
  errorResponse,
  hasScope,
  HttpError,
  internalError,
  methodNotAllowed,
  scopeError,
  stoppingError,
} from "./errors.ts";
import { beginExchange } from "./exchange.ts";
import { addCommonHeaders, areHeadersTooLarge, requestIdOf } from "./headers.ts";
import { answerLive, answerReady } from "./health.ts";
import { answerHome } from "./home_page.ts";
import { answerIfHook, isForHooks } from "./hooks/route.ts";
import { COUNT_TOKENS_PATH, isAnthropicCaller, MESSAGES_PATH } from "./messages/caller.ts";
import { answerMetrics } from "./metrics.ts";
import { listModels, MODELS_PATH, retrieveModel } from "./models.ts";
import type { HttpDeps, Peer, SwitchedEndpoint } from "./types.ts";
import {
  answerUnknownPath,
  CHAT_PATH,
  EMBEDDINGS_PATH,
  familyOf,
  RESPONSES_PATH,
} from "./unknown_path.ts";
import { takeUnreadBody } from "./unread_body.ts";

/** One row of the route table. */
export interface Route {
  /** Exact path. */
  readonly path: string;
  /** Whether everything below `path` belongs to the route as well, and not `path` itself. */
  readonly isSubtree?: boolean;
  /** Of a subtree, only the paths with one segment between `path` and this. */
  readonly tail?: string;
  readonly methods: readonly string[];
  /** Scope the caller needs; none means that no credential is asked for. */
  readonly scope?: string;
  /** Configuration switches; one that is on is enough. */
  readonly switches?: readonly SwitchedEndpoint[];
  /** Answers under every name and to the end, since it tells nothing that is worth protecting. */
  readonly isProbe?: boolean;
  readonly answer: (context: RequestContext) => Response | Promise<Response>;
}

const READ = ["GET", "HEAD"];
const OPENAI_DIALECTS = ["chatCompletions", "responses"] as const;
const ANY_DIALECT = [...OPENAI_DIALECTS, "messages"] as const;

/** In order of precedence; the probes come first and need nothing. */
export const ROUTES: readonly Route[] = [
  { path: "/health", methods: READ, isProbe: true, answer: answerLive },
  { path: "/healthz", methods: READ, isProbe: true, answer: answerLive },
  { path: "/ready", methods: READ, isProbe: true, answer: answerReady },
  { path: "/readyz", methods: READ, isProbe: true, answer: answerReady },
  {
    path: MODELS_PATH,
    methods: ["GET"],
    scope: "operator.read",
    switches: ANY_DIALECT,
    answer: listModels,
  },
  {
    path: MODELS_PATH,
    isSubtree: true,
    methods: ["GET"],
    scope: "operator.read",
    switches: ANY_DIALECT,
    answer: retrieveModel,
  },
  {
    path: CHAT_PATH,
    methods: ["POST"],
    scope: "operator.write",
    switches: ["chatCompletions"],
    answer: completeChat,
  },
  {
    path: RESPONSES_PATH,
    methods: ["POST"],
    scope: "operator.write",
    switches: ["responses"],
    answer: async (context) => (await import("./responses/mod.ts")).createResponse(context),
  },
  {
    path: RESPONSES_PATH,
    isSubtree: true,
    methods: ["GET", "POST", "DELETE"],
    scope: "operator.read",
    switches: ["responses"],
    answer: async (context) => (await import("./responses/mod.ts")).answerStored(context),
  },
  {
    path: "/tools/invoke",
    methods: ["POST"],
    scope: "operator.write",
    answer: async (context) => (await import("./tools_invoke/mod.ts")).invokeTool(context),
  },
  {
    path: "/sessions",
    isSubtree: true,
    tail: "/kill",
    methods: ["POST"],
    scope: "operator.write",
    answer: async (context) => (await import("./sessions/mod.ts")).answerKill(context),
  },
  {
    path: "/sessions",
    isSubtree: true,
    tail: "/history",
    methods: ["GET"],
    scope: "operator.read",
    answer: async (context) => (await import("./sessions/mod.ts")).answerHistory(context),
  },
  {
    path: "/api/chat/media/outgoing",
    isSubtree: true,
    methods: READ,
    scope: "operator.read",
    answer: async (context) => (await import("./media/mod.ts")).answerPicture(context),
  },
  {
    // A ticket opens it too, so it looks at credentials itself.
    path: "/__openclaw__/assistant-media",
    methods: READ,
    answer: async (context) => (await import("./media/mod.ts")).answerAssistantMedia(context),
  },
  {
    path: EMBEDDINGS_PATH,
    methods: ["POST"],
    scope: "operator.write",
    switches: OPENAI_DIALECTS,
    answer: async (context) => (await import("./embeddings/mod.ts")).createEmbeddings(context),
  },
  {
    path: MESSAGES_PATH,
    methods: ["POST"],
    scope: "operator.write",
    switches: ["messages"],
    answer: async (context) => (await import("./messages/mod.ts")).createMessage(context),
  },
  {
    path: COUNT_TOKENS_PATH,
    methods: ["POST"],
    scope: "operator.read",
    switches: ["messages"],
    answer: async (context) => (await import("./messages/mod.ts")).countTokens(context),
  },
  {
    path: "/metrics",
    methods: READ,
    scope: "operator.read",
    switches: ["metrics"],
    answer: answerMetrics,
  },
  {
    path: "/openapi.json",
    methods: READ,
    scope: "operator.read",
    answer: async () => (await import("./openapi/mod.ts")).answerOpenApi(),
  },
  { path: "/", methods: READ, answer: answerHome },
];

/**
 * Makes the function that answers every request but WebSocket upgrades.
 *
 * The handler never throws; what goes wrong unexpectedly is reported to `deps` and answered with 500.
 */
export function createHttpHandler(
  deps: HttpDeps,
): (request: Request, peer: Peer) => Promise<Response> {
  return async (request, peer) => {
    const requestId = requestIdOf(request);
    const context = { request, peer, deps, path: pathOf(request.url), requestId };
    const found = findRoute(context.path);
    const finish = beginExchange(context, labelOf(context, found));
    const response = await answer(context, found);
    const isTaken = await takeUnreadBody(request) && !CUT_OFF.includes(response.status);
    // A client that is not told would send its next request into the closing connection.
    if (!isTaken) response.headers.set("connection", "close");
    addCommonHeaders(response.headers, requestId, deps.strictTransportSecurity());
    const origins = deps.corsOrigins();
    if (origins.length > 0) {
      addCorsHeaders(response.headers, allowedOrigin(request.headers, origins));
    }
    if (isAnthropicCaller(request.headers, context.path)) {
      response.headers.set("request-id", requestId);
    }
    return finish(request.method === "HEAD" ? await withoutBody(response) : response);
  };
}

/** Answers to a body that was read in part. */
const CUT_OFF: readonly number[] = [408, 413];

/** The answer to HEAD: what GET would be told, the length included. */
async function withoutBody(response: Response): Promise<Response> {
  if (response.headers.has("content-length")) {
    await response.body?.cancel();
  } else {
    response.headers.set("content-length", String((await response.bytes()).length));
  }
  return new Response(null, response);
}

async function answer(context: RequestContext, found: Route | undefined): Promise<Response> {
  try {
    return await route(context, found);
  } catch (thrown) {
    const error = thrown instanceof HttpError ? thrown : internalError(thrown);
    if (error !== thrown) context.deps.reportError("http", thrown);
    const response = errorResponse(error, familyFor(context), context.requestId);
    if (error.code === "GATEWAY_STOPPING") response.headers.set("connection", "close");
    return response;
  }
}

/** The envelope that the caller of a path reads. */
function familyFor({ request, path }: RequestContext): ErrorFamily {
  return isAnthropicCaller(request.headers, path) ? "anthropic" : familyOf(path) ?? "openai";
}

function route(
  context: RequestContext,
  found: Route | undefined,
): Response | Promise<Response> {
  const { request, peer, deps, path } = context;
  if (areHeadersTooLarge(request)) {
    throw new HttpError(431, "HEADERS_TOO_LARGE", "Request headers too large");
  }
  if (found?.isProbe !== true) {
    if (!deps.isHostAllowed(request, peer)) throw strangeHost();
    if (deps.traffic.stopping.aborted) throw stoppingError();
  }
  const hook = answerIfHook(context);
  if (hook !== undefined) return hook;
  if (found === undefined) return answerUnknownPath(context);
  if (isPreflight(request) && allowedOrigin(request.headers, deps.corsOrigins()) !== undefined) {
    return answerPreflight(request, found.methods);
  }
  if (found.switches?.some((name) => deps.isEndpointEnabled(name)) === false) {
    throw switchedOff(path, found.switches[0]!);
  }
  if (!found.methods.includes(request.method)) return methodNotAllowed(found.methods);
  if (found.scope !== undefined) {
    if (deps.isStarting()) throw starting();
    const takesApiKey = isAnthropicCaller(request.headers, path);
    const auth = deps.authorize(request, peer, { takesApiKey });
    if (!auth.ok) throw authError(auth);
    if (!hasScope(auth.scopes, found.scope)) {
      const family = takesApiKey ? "anthropic" : "gateway";
      return errorResponse(scopeError(found.scope), family, context.requestId);
    }
    return found.answer({ ...context, auth });
  }
  return found.answer(context);
}

function findRoute(path: string): Route | undefined {
  return ROUTES.find((candidate) => matches(candidate, path));
}

/** The route as figures name it. */
function labelOf(context: RequestContext, found: Route | undefined): string {
  if (found === undefined) return isForHooks(context) ? "hooks" : "other";
  return routeLabel(found);
}

/** A route's path, with a star for what may stand there. */
export function routeLabel({ path, isSubtree, tail = "" }: Route): string {
  return isSubtree ? `${path}/*${tail}` : path;
}

function matches({ path, isSubtree, tail }: Route, requested: string): boolean {
  if (!isSubtree) return requested === path;
  if (!requested.startsWith(`${path}/`)) return false;
  if (tail === undefined) return true;
  const middle = requested.slice(path.length + 1, -tail.length);
  return requested.endsWith(tail) && middle !== "" && !middle.includes("/");
}

function strangeHost(): HttpError {
  return new HttpError(
    403,
    "HOST_NOT_ALLOWED",
    "Host not allowed: add its origin to gateway.controlUi.allowedOrigins",
    { hint: `openclaw config set gateway.controlUi.allowedOrigins '["https://<name>"]'` },
  );
}

function starting(): HttpError {
  return new HttpError(503, "GATEWAY_STARTING", "The gateway is still starting", {
    retryable: true,
    retryAfterMs: 1000,
  });
}

function switchedOff(path: string, name: string): HttpError {
  const key = `gateway.http.endpoints.${name}.enabled`;
  return new HttpError(404, "ENDPOINT_DISABLED", `Endpoint "${path}" is switched off`, {
    hint: `openclaw config set ${key} true`,
  });
}
