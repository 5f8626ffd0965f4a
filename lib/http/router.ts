/**
 * The route table and the life of a request: size check, route, method, credential, scope, handler,
 * common headers.
 *
 * @module
 */
import { completeChat } from "./chat/completions.ts";
import { pathOf, type RequestContext } from "./context.ts";
import {
  authError,
  type ErrorFamily,
  errorResponse,
  hasScope,
  HttpError,
  internalError,
  methodNotAllowed,
  scopeError,
} from "./errors.ts";
import { addCommonHeaders, areHeadersTooLarge, requestIdOf } from "./headers.ts";
import { answerLive, answerReady } from "./health.ts";
import { answerHome } from "./home_page.ts";
import { answerIfHook } from "./hooks/route.ts";
import { COUNT_TOKENS_PATH, isAnthropicCaller, MESSAGES_PATH } from "./messages/caller.ts";
import { listModels, MODELS_PATH, retrieveModel } from "./models.ts";
import type { HttpDeps, HttpEndpoint, Peer } from "./types.ts";
import {
  answerUnknownPath,
  CHAT_PATH,
  EMBEDDINGS_PATH,
  familyOf,
  RESPONSES_PATH,
} from "./unknown_path.ts";

/** One row of the route table. */
interface Route {
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
  readonly switches?: readonly HttpEndpoint[];
  readonly answer: (context: RequestContext) => Response | Promise<Response>;
}

const READ = ["GET", "HEAD"];
const OPENAI_DIALECTS = ["chatCompletions", "responses"] as const;
const ANY_DIALECT = [...OPENAI_DIALECTS, "messages"] as const;

/** In order of precedence; the probes come first and need nothing. */
const ROUTES: readonly Route[] = [
  { path: "/health", methods: READ, answer: answerLive },
  { path: "/healthz", methods: READ, answer: answerLive },
  { path: "/ready", methods: READ, answer: answerReady },
  { path: "/readyz", methods: READ, answer: answerReady },
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
    const path = pathOf(request.url);
    const response = await answer({ request, peer, deps, path, requestId });
    addCommonHeaders(response.headers, requestId, deps.strictTransportSecurity());
    if (isAnthropicCaller(request.headers, path)) response.headers.set("request-id", requestId);
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

async function answer(context: RequestContext): Promise<Response> {
  try {
    return await route(context);
  } catch (thrown) {
    const error = thrown instanceof HttpError ? thrown : internalError(thrown);
    if (error !== thrown) context.deps.reportError("http", thrown);
    return errorResponse(error, familyFor(context), context.requestId);
  }
}

/** The envelope that the caller of a path reads. */
function familyFor({ request, path }: RequestContext): ErrorFamily {
  return isAnthropicCaller(request.headers, path) ? "anthropic" : familyOf(path) ?? "openai";
}

function route(context: RequestContext): Response | Promise<Response> {
  const { request, peer, deps, path } = context;
  if (areHeadersTooLarge(request)) {
    throw new HttpError(431, "HEADERS_TOO_LARGE", "Request headers too large");
  }
  const hook = answerIfHook(context);
  if (hook !== undefined) return hook;
  const match = ROUTES.find((candidate) => matches(candidate, path));
  if (match === undefined) return answerUnknownPath(context);
  if (match.switches?.some((name) => deps.isEndpointEnabled(name)) === false) {
    throw switchedOff(path, match.switches[0]!);
  }
  if (!match.methods.includes(request.method)) return methodNotAllowed(match.methods);
  if (match.scope !== undefined) {
    if (deps.isStarting()) throw starting();
    const takesApiKey = isAnthropicCaller(request.headers, path);
    const auth = deps.authorize(request, peer, { takesApiKey });
    if (!auth.ok) throw authError(auth);
    if (!hasScope(auth.scopes, match.scope)) {
      const family = takesApiKey ? "anthropic" : "gateway";
      return errorResponse(scopeError(match.scope), family, context.requestId);
    }
    return match.answer({ ...context, auth });
  }
  return match.answer(context);
}

function matches({ path, isSubtree, tail }: Route, requested: string): boolean {
  if (!isSubtree) return requested === path;
  if (!requested.startsWith(`${path}/`)) return false;
  if (tail === undefined) return true;
  const middle = requested.slice(path.length + 1, -tail.length);
  return requested.endsWith(tail) && middle !== "" && !middle.includes("/");
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
