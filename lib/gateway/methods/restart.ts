/**
 * Methods about restarts.
 *
 * @module
 */
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";

/** `gateway.restart.*`. */
export function restartMethods({ restarter }: GatewayState): Handlers {
  return {
    "gateway.restart.preflight": () => restarter.preflight(),
    "gateway.restart.request": ({ params }) => restarter.request(params),
  };
}
