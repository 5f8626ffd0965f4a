/**
 * All methods this gateway offers, by family.
 *
 * @module
 */
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";
import { agentMethods } from "./agent.ts";
import { catalogMethods } from "./catalog.ts";
import { chatMethods } from "./chat.ts";
import { sessionMethods } from "./sessions.ts";
import { systemMethods } from "./system.ts";

/** Method name → handler; what is not here is refused as unknown. */
export function gatewayMethods(state: GatewayState): Handlers {
  return {
    ...systemMethods(state),
    ...catalogMethods(state),
    ...sessionMethods(state),
    ...chatMethods(state),
    ...agentMethods(state),
  };
}
