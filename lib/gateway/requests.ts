/**
 * The first look at a request: whose it is, under which name it came, and who answers it.
 *
 * @module
 */
import { createHttpHandler } from "../http/mod.ts";
import { isLoopback } from "./address.ts";
import { resolveIdentity, resolvePeer } from "./auth/peer.ts";
import { identityPolicy } from "./auth/policy.ts";
import { createHttpDeps } from "./http_bridge.ts";
import type { RequestHandler } from "./listener.ts";
import { isAllowedHost } from "./origin.ts";
import type { SocketServer } from "./socket_server.ts";
import type { GatewayState } from "./state.ts";

/** Answers every request of the gateway's port; upgrades go to `sockets`. */
export function requestHandler(state: GatewayState, sockets: SocketServer): RequestHandler {
  const handleHttp = createHttpHandler(createHttpDeps(state));
  return (request, { remoteAddr }, line) => {
    const { headers } = request;
    const { gateway } = state.config().config;
    const peer = resolvePeer(headers, remoteAddr.hostname, gateway);
    const isFromHere = peer.isDirect && isLoopback(peer.socketAddress);
    if (isFromHere && !isAllowedHost(headers.get("host"), gateway?.controlUi?.allowedOrigins)) {
      return refuseHost();
    }
    const upgrades = headers.get("upgrade")?.toLowerCase().split(/\s*,\s*/);
    if (upgrades?.includes("websocket")) {
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

/** The answer to a request under a name that is not this gateway's. */
function refuseHost(): Response {
  const message = "Host not allowed: add its origin to gateway.controlUi.allowedOrigins";
  return Response.json({ error: { message, type: "forbidden", code: "HOST_NOT_ALLOWED" } }, {
    status: 403,
  });
}
