/**
 * The first look at a request: whose it is, under which name it came, and who answers it.
 *
 * @module
 */
import { createHttpHandler } from "../http/mod.ts";
import { isHostAllowed } from "./auth/host.ts";
import { resolveIdentity, resolvePeer } from "./auth/peer.ts";
import { identityPolicy } from "./auth/policy.ts";
import { createHttpDeps } from "./http_bridge.ts";
import type { RequestHandler } from "./listener.ts";
import type { SocketServer } from "./socket_server.ts";
import type { GatewayState } from "./state.ts";

/** Answers every request of the gateway's port; upgrades go to `sockets`. */
export function requestHandler(state: GatewayState, sockets: SocketServer): RequestHandler {
  const handleHttp = createHttpHandler(createHttpDeps(state));
  return (request, { remoteAddr }, line) => {
    const { headers } = request;
    const peer = resolvePeer(headers, remoteAddr.hostname, state.config().config.gateway);
    const upgrades = headers.get("upgrade")?.toLowerCase().split(/\s*,\s*/);
    if (upgrades?.includes("websocket")) {
      if (!isHostAllowed(state, request, peer)) return refuseHost();
      if (state.traffic.stopping.aborted) return refuseLate();
      return sockets.upgrade(request, {
        ...peer,
        ...resolveIdentity(headers, peer, identityPolicy(state)),
        line,
      });
    }
    if (upgrades) return new Response("Unknown upgrade", { status: 400 });
    return handleHttp(request, peer);
  };
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
  return new Response("Gateway is stopping", { status: 503, headers: { connection: "close" } });
}
