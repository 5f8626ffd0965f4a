/**
 * Methods about secrets that the configuration points to, and about the file on the gateway's host.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";

/** `secrets.reload`, `secrets.resolve` and `config.openFile`; loaded at the first call. */
export function secretMethods(state: GatewayState): Handlers {
  const secrets = () => import("./secrets.ts");
  return {
    "secrets.reload": async () => (await secrets()).reloadSecrets(state),
    "secrets.resolve": async ({ params }) => (await secrets()).resolveSecrets(state, params),
    "config.openFile": async () => (await import("./open_file.ts")).openConfigFile(state),
  };
}
