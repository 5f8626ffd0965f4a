/**
 * The first look at a request: whose it is, under which name it came, and who answers it.
 *
 * @module
 */
import type { EdgeLine } from "../edge/mod.ts";
import { addCommonHeaders, createHttpHandler, type Peer, requestIdOf } from "../http/mod.ts";
import { isHostAllowed } from "./auth/host.ts";
import { resolveIdentity, resolvePeer } from "./auth/peer.ts";
import { identityPolicy } from "./auth/policy.ts";
import { createHttpDeps } from "./http_bridge.ts";
import type { RequestHandler } from "./listener.ts";
import type { SocketServer } from "./socket_server.ts";
import type { GatewayState } from "./state.ts";

/** Answers every request of the gateway's port; upgrades go to `sockets`. */
export function requestHandler(state: GatewayState, sockets: SocketServer): RequestHandler {
  const deps = createHttpDeps(state);
  const handleHttp = createHttpHandler(deps);
  return (request, { remoteAddr }, line) => {
    const { headers } = request;
    const peer = resolvePeer(headers, remoteAddr.hostname, state.config().config.gateway);
    const upgrades = headers.get("upgrade")?.toLowerCase().split(/\s*,\s*/);
    if (upgrades === undefined || isHttp2Offer(headers, upgrades)) return handleHttp(request, peer);
    const requestId = requestIdOf(request);
    const response = upgrades.includes("websocket")
      ? answerUpgrade(state, sockets, request, peer, line)
      : plainText("Unknown upgrade", 400);
    if (response.status !== SWITCHING_PROTOCOLS) {
      addCommonHeaders(response.headers, requestId, deps.strictTransportSecurity());
    }
    return response;
  };
}

const SWITCHING_PROTOCOLS = 101;

/**
 * Whether a client only says that it could go on in HTTP/2, as Java's does with every first request. It
 * takes an answer in HTTP/1.1 as well.
 */
function isHttp2Offer(headers: Headers, upgrades: readonly string[]): boolean {
  return headers.has("http2-settings") && upgrades.every((name) => name === "h2c");
}

function answerUpgrade(
  state: GatewayState,
  sockets: SocketServer,
  request: Request,
  peer: Peer,
  line: EdgeLine | undefined,
): Response {
  if (!isHostAllowed(state, request, peer)) return refuseHost();
  if (state.traffic.stopping.aborted) return refuseLate();
  return sockets.upgrade(request, {
    ...peer,
    ...resolveIdentity(request.headers, peer, identityPolicy(state)),
    line,
  });
}

/** The answer to an upgrade under a name that is not this gateway's. */
function refuseHost(): Response {
  const message = "Host not allowed: add its origin to gateway.controlUi.allowedOrigins";
  return Response.json({ error: { message, type: "forbidden", code: "HOST_NOT_ALLOWED" } }, {
    status: 403,
  });
}

/** The answer to an upgrade that comes when the gateway is about to end. */
function refuseLate(): Response {
  const response = plainText("Gateway is stopping", 503);
  response.headers.set("connection", "close");
  return response;
}

function plainText(text: string, status: number): Response {
  return new Response(text, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
