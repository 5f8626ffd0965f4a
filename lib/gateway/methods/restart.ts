/**
 * Methods about restarts.
 *
 * @module
 */
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";
import type { WriteLimiter } from "./config/mod.ts";

/** `gateway.restart.*`; requests count as writes of the configuration do. */
export function restartMethods({ restarter }: GatewayState, limiter: WriteLimiter): Handlers {
  return {
    "gateway.restart.preflight": () => restarter.preflight(),
    "gateway.restart.request": ({ params, client }) =>
      limiter.admit("gateway.restart.request", client.identity) ?? restarter.request(params),
  };
}
