/**
 * Methods of the gateway as its own tools call them: for its owner, over no connection.
 *
 * @module
 */
import type { ToolHost } from "../../agents/tools/mod.ts";
import { AppError, isObject } from "../../base/mod.ts";
import { OPERATOR_SCOPES } from "../../protocol/mod.ts";
import { isKnownMethod, validateParams } from "../../protocol/methods/mod.ts";
import { Client } from "../client.ts";
import { ConfigEditor, configMethods } from "../methods/config/mod.ts";
import { cronMethods } from "../methods/cron.ts";
import { eventMethods } from "../methods/events/mod.ts";
import { nodeMethods } from "../methods/nodes/mod.ts";
import { restartMethods } from "../methods/restart.ts";
import { sessionChangeMethods } from "../methods/session_changes.ts";
import type { Call, Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";

/** The caller that tools share; nothing is ever sent to it. */
function innerClient(): Client {
  const identity = {
    connId: "tools",
    role: "operator" as const,
    scopes: OPERATOR_SCOPES,
    caps: [],
    clientId: "gateway-tools",
    clientMode: "backend",
    clientVersion: "",
    platform: "",
    address: "gateway",
    isLocalDirect: true,
  };
  return new Client(identity, { send() {}, close() {}, bufferedAmount: 0, isOpen: false });
}

/** Calls methods by name, with checked parameters. */
export function innerMethods(state: GatewayState): ToolHost["call"] {
  const client = innerClient();
  const handlers: Handlers = {
    ...sessionChangeMethods(state),
    ...configMethods(state, new ConfigEditor(state)),
    ...restartMethods(state),
    ...eventMethods(state),
    ...cronMethods(state),
    ...nodeMethods(state),
  };
  return async (method, params) => {
    if (!isKnownMethod(method)) throw new Error(`No tool may call ${method}`);
    const valid = validateParams(method, params);
    if (!valid.ok) {
      throw new AppError("TOOL_INPUT_INVALID", valid.error.message, {
        hint: "openclaw gateway call tools.catalog",
      });
    }
    const handler = handlers[method] as ((call: Call<unknown>) => unknown) | undefined;
    if (!handler) throw new Error(`No tool may call ${method}`);
    const result = await handler({ params: valid.params, client, acknowledge() {} });
    return isObject(result) ? result : { result };
  };
}
