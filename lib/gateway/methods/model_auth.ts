/**
 * `models.authStatus`: which providers have a credential. Never the credential.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { KNOWN_PROVIDERS } from "../../models/mod.ts";
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";

/** `models.authStatus`. */
export function modelAuthMethods(state: GatewayState): Handlers {
  return { "models.authStatus": () => authStatus(state) };
}

/** Providers that are configured, and known ones whose key is in the environment. */
function authStatus(state: GatewayState) {
  const { config, env } = state.config();
  const configured = config.models?.providers ?? {};
  const variableOf = (id: string) =>
    KNOWN_PROVIDERS.find((known) => known.id === id)?.keyVariables.find((name) => env.get(name));
  const ids = new Set([
    ...Object.keys(configured),
    ...KNOWN_PROVIDERS.filter(({ id }) => variableOf(id) !== undefined).map(({ id }) => id),
  ]);
  return {
    ts: state.clock.now(),
    providers: [...ids].map((id) => {
      const known = KNOWN_PROVIDERS.find((each) => each.id === id);
      const settings: unknown = configured[id];
      const apiKey = isObject(settings) ? settings.apiKey : undefined;
      const from = variableOf(id) !== undefined
        ? "env"
        : isPresent(apiKey, (name) => env.get(name))
        ? "config"
        : undefined;
      const needsKey = known !== undefined && !known.isLocal;
      return {
        provider: id,
        displayName: known?.label ?? id,
        // A key has no date on which it ends.
        status: from !== undefined || !needsKey ? "static" : "missing",
        profiles: from === undefined
          ? []
          : [{ profileId: `${id}:${from}`, type: "api_key", status: "static" }],
      };
    }),
  };
}

/** Whether a secret setting leads to a value, as far as that shows without resolving it. */
function isPresent(setting: unknown, variable: (name: string) => string | undefined): boolean {
  if (isObject(setting)) {
    return setting.source !== "env" || Boolean(variable(String(setting.id)));
  }
  if (typeof setting !== "string" || setting === "") return false;
  const name = /^\$\{([A-Z][A-Z0-9_]*)\}$/.exec(setting)?.[1];
  return name === undefined || Boolean(variable(name));
}
