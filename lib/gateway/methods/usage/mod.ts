/**
 * Methods about what was used and what it cost.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";

/** `usage.*` and `sessions.usage*`; what they need is loaded at the first call. */
export function usageMethods(state: GatewayState): Handlers {
  const reports = () => import("./reports.ts");
  return {
    // No provider of this build tells the state of a subscription.
    "usage.status": () => ({ updatedAt: state.clock.now(), providers: [] }),
    "usage.cost": async ({ params }) => (await reports()).usageCost(state, params),
    "sessions.usage": async ({ params }) => (await reports()).sessionsUsage(state, params),
    "sessions.usage.timeseries": async ({ params }) =>
      (await reports()).usageTimeseries(state, params),
    "sessions.usage.logs": async ({ params }) => (await reports()).usageLogs(state, params),
  };
}
