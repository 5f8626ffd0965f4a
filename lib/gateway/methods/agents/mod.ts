/**
 * Methods that create, change and remove agents, and read and write the files of their workspaces.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import type { ConfigEditor } from "../config/mod.ts";

/** `agents.*` and `agent.identity.get`; what they need is loaded at the first call. */
export function agentAdminMethods(state: GatewayState, editor: ConfigEditor): Handlers {
  const changes = () => import("./changes.ts");
  const files = () => import("./files.ts");
  return {
    "agents.create": async ({ params }) => (await changes()).createAgent(state, editor, params),
    "agents.update": async ({ params }) => (await changes()).updateAgent(state, editor, params),
    "agents.delete": async ({ params }) => (await changes()).deleteAgent(state, editor, params),
    "agents.files.list": async ({ params }) => (await files()).listFiles(state, params),
    "agents.files.get": async ({ params }) => (await files()).getFile(state, params),
    "agents.files.set": async ({ params }) => (await files()).setFile(state, params),
    "agent.identity.get": async ({ params }) =>
      (await import("./identity.ts")).identityGet(state, params),
  };
}
