/**
 * Tools as the HTTP room calls them.
 *
 * @module
 */
import type { HttpTools } from "../../http/mod.ts";
import type { GatewayState } from "../state.ts";

/** Calls of tools over HTTP; what they answer holds no secret of the gateway. */
export function httpTools(state: GatewayState): HttpTools {
  return {
    invoke: async (invocation) => {
      const { callTool } = await import("../tools/invoke.ts");
      const outcome = await callTool(state, invocation);
      const { redaction } = state.secrets;
      return outcome.ok
        ? { ...outcome, result: redaction.redactAnswer(outcome.result) }
        : { ...outcome, message: redaction.redact(outcome.message) };
    },
  };
}
