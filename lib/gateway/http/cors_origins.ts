/**
 * `gateway.http.cors.allowedOrigins`, as it is in force.
 *
 * @module
 */
import type { GatewayState } from "../state.ts";

/**
 * Origins whose pages may read answers, in lower case.
 *
 * `*` counts only where a credential in a header is needed: without one, every page that the user
 * happens to look at would be let in.
 */
export function corsOrigins(state: GatewayState): readonly string[] {
  const origins = state.config().config.gateway?.http?.cors?.allowedOrigins;
  if (origins === undefined || origins.length === 0) return NONE;
  const { mode } = state.authenticator;
  const needsSecret = mode === "token" || mode === "password";
  return origins.filter((origin) => origin !== "*" || needsSecret)
    .map((origin) => origin.toLowerCase());
}

const NONE: readonly string[] = [];
