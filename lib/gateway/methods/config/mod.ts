/**
 * Methods that show and change the configuration.
 *
 * @module
 */
import type { ConfigJsonSchema, VersionOrigin } from "../../../config/mod.ts";
import type { Client } from "../../client.ts";
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import type { ConfigEditor } from "./editor.ts";
import { getConfig } from "./read.ts";

export { ConfigEditor } from "./editor.ts";

async function loadSchema(): Promise<ConfigJsonSchema> {
  const { loadConfigSchema } = await import("../../../config/mod.ts");
  return (await loadConfigSchema()).configJsonSchema();
}

/** What the history says of a write that a client asked for. */
function originOf({ identity }: Client, action: string): VersionOrigin {
  const { clientId, deviceId, address } = identity;
  return { by: `${clientId} ${deviceId?.slice(0, 12) ?? address}`, action };
}

/** `config.*`; what the writes and the schema need is loaded at the first call. */
export function configMethods(state: GatewayState, editor: ConfigEditor): Handlers {
  const writes = () => import("./writes.ts");
  let schema: Promise<ConfigJsonSchema> | undefined;
  const builtSchema = () => schema ??= loadSchema();
  return {
    "config.get": () => getConfig(state),
    "config.schema": async () => {
      const { describeSchema } = await import("./schema.ts");
      return describeSchema(await builtSchema(), state.clock.now());
    },
    "config.schema.lookup": async ({ params }) => {
      const { lookUp } = await import("./schema.ts");
      return lookUp(await builtSchema(), params.path);
    },
    "config.set": async ({ params, client }) =>
      (await writes()).setConfig(editor, params, originOf(client, "config.set")),
    "config.patch": async ({ params, client }) =>
      (await writes()).patchConfig(state, editor, params, originOf(client, "config.patch")),
    "config.apply": async ({ params, client }) =>
      (await writes()).applyConfig(state, editor, params, originOf(client, "config.apply")),
  };
}
