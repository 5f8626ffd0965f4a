/**
 * Methods about restarts and updates.
 *
 * @module
 */
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";

/** `gateway.restart.*` and `update.*`. */
export function restartMethods({ restarter, updates }: GatewayState): Handlers {
  return {
    "gateway.restart.preflight": () => restarter.preflight(),
    "gateway.restart.request": ({ params }) => restarter.request(params),
    "update.status": () => updates.status(),
    "update.run": ({ params }) => updates.run(params),
  };
}
