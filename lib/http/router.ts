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
  errorResponse,
  hasScope,
  HttpError,
  internalError,
  methodNotAllowed,
  scopeError,
} from "./errors.ts";
import { beginExchange } from "./exchange.ts";
import { addCommonHeaders, areHeadersTooLarge, requestIdOf } from "./headers.ts";
import { answerLive, answerReady } from "./health.ts";
import { answerHome } from "./home_page.ts";
import { STOPPING_RETRY_MS } from "./limits.ts";
import { answerMetrics } from "./metrics.ts";
import { listModels, MODELS_PATH, retrieveModel } from "./models.ts";
import type { HttpDeps, Peer, SwitchedEndpoint } from "./types.ts";
import { answerUnknownPath, CHAT_PATH, familyOf, RESPONSES_PATH } from "./unknown_path.ts";

/** One row of the route table. */
export interface Route {
  /** Exact path. */
  readonly path: string;
  /** Whether everything below `path` belongs to the route as well, and not `path` itself. */
  readonly isSubtree?: boolean;
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
const ANY_DIALECT = ["chatCompletions", "responses"] as const;

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
    const finish = beginExchange(context, labelOf(found));
    const response = await answer(context, found);
    addCommonHeaders(response.headers, requestId, deps.strictTransportSecurity());
    const origins = deps.corsOrigins();
    if (origins.length > 0) {
      addCorsHeaders(response.headers, allowedOrigin(request.headers, origins));
    }
    return finish(request.method === "HEAD" ? new Response(null, response) : response);
  };
}

async function answer(context: RequestContext, found: Route | undefined): Promise<Response> {
  try {
    return await route(context, found);
  } catch (thrown) {
    const error = thrown instanceof HttpError ? thrown : internalError(thrown);
    if (error !== thrown) context.deps.reportError("http", thrown);
    const response = errorResponse(error, familyOf(context.path) ?? "openai");
    if (error.code === "GATEWAY_STOPPING") response.headers.set("connection", "close");
    return response;
  }
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
    if (deps.traffic.stopping.aborted) throw stopping();
  }
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
    const auth = deps.authorize(request, peer);
    if (!auth.ok) throw authError(auth);
    if (!hasScope(auth.scopes, found.scope)) {
      return errorResponse(scopeError(found.scope), "gateway");
    }
    return found.answer({ ...context, auth });
  }
  return found.answer(context);
}

function findRoute(path: string): Route | undefined {
  return ROUTES.find((candidate) => matches(candidate, path));
}

/** The route as figures name it. */
function labelOf(found: Route | undefined): string {
  if (found === undefined) return "other";
  return found.isSubtree ? `${found.path}/*` : found.path;
}

function matches({ path, isSubtree }: Route, requested: string): boolean {
  return isSubtree
    ? requested.length > path.length && requested.startsWith(path) &&
      requested.charAt(path.length) === "/"
    : requested === path;
}

function strangeHost(): HttpError {
  return new HttpError(
    403,
    "HOST_NOT_ALLOWED",
    "Host not allowed: add its origin to gateway.controlUi.allowedOrigins",
    { hint: `openclaw config set gateway.controlUi.allowedOrigins '["https://<name>"]'` },
  );
}

function stopping(): HttpError {
  return new HttpError(503, "GATEWAY_STOPPING", "The gateway is stopping", {
    retryable: true,
    retryAfterMs: STOPPING_RETRY_MS,
    hint: "openclaw gateway status",
  });
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
