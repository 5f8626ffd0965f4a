/**
 * Methods that show and change the configuration.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import type { ConfigEditor } from "./editor.ts";
import { getConfig } from "./read.ts";
import type { BuiltSchema } from "./schema.ts";

export { ConfigEditor } from "./editor.ts";

async function loadSchema(): Promise<BuiltSchema> {
  const [{ buildSchema }, source] = await Promise.all([
    import("./schema.ts"),
    import("../../../config/schema/mod.ts"),
  ]);
  return buildSchema(source);
}

/** `config.*`; what the writes and the schema need is loaded at the first call. */
export function configMethods(state: GatewayState, editor: ConfigEditor): Handlers {
  const writes = () => import("./writes.ts");
  let schema: Promise<BuiltSchema> | undefined;
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
    "config.set": async ({ params }) => (await writes()).setConfig(editor, params),
    "config.patch": async ({ params }) => (await writes()).patchConfig(state, editor, params),
    "config.apply": async ({ params }) => (await writes()).applyConfig(state, editor, params),
  };
}
