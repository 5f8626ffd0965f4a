/**
 * Methods about skills.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";

/** `skills.status` and `skills.bins`; what they need is loaded at the first call. */
export function skillMethods(state: GatewayState): Handlers {
  const status = () => import("./status.ts");
  return {
    "skills.status": async ({ params }) => (await status()).skillsStatus(state, params),
    "skills.bins": async () => (await status()).skillBins(state),
  };
}
