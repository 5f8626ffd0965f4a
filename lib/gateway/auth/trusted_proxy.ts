/**
 * Identity that a proxy vouches for: `gateway.auth.mode: trusted-proxy`, for sockets and HTTP alike.
 *
 * @module
 */
import { headerText } from "../../base/mod.ts";
import type { TrustedProxyAuth } from "../../config/mod.ts";
import { isLoopback } from "../address.ts";
import { isInNetworks } from "./network.ts";

/** Why a request is not the proxy's, or not one of its users. */
export type ProxyFailure =
  | "trusted_proxy_no_proxies_configured"
  | "trusted_proxy_untrusted_source"
  | "trusted_proxy_loopback_source"
  | `trusted_proxy_missing_header_${string}`
  | "trusted_proxy_user_missing"
  | "trusted_proxy_user_not_allowed"
  | "trusted_proxy_origin_not_allowed";

/** The verdict on a request's identity headers. */
export type ProxyVerdict =
  | {
    readonly ok: true;
    readonly user: string;
    /** What `x-openclaw-scopes` leaves of the scopes; all of them when absent. */
    readonly scopes?: readonly string[];
  }
  | { readonly ok: false; readonly reason: ProxyFailure };

/** A request, as far as its identity is concerned. */
export interface ProxiedRequest {
  readonly headers: Headers;
  /** Address of the TCP peer: headers name clients, they do not make a proxy. */
  readonly socketAddress: string;
  /** Whether a page of the origin may talk to the gateway. */
  isAllowedOrigin(origin: string): boolean;
}

/** Judges the identity headers of a request. */
export function judgeProxy(
  { headers, socketAddress, isAllowedOrigin }: ProxiedRequest,
  { trustedProxies, allowLoopback, requiredHeaders, userHeader, allowUsers }: TrustedProxyAuth,
): ProxyVerdict {
  if (trustedProxies.length === 0) return fail("trusted_proxy_no_proxies_configured");
  if (!isInNetworks(socketAddress, trustedProxies)) return fail("trusted_proxy_untrusted_source");
  if (isLoopback(socketAddress) && !allowLoopback) return fail("trusted_proxy_loopback_source");
  const missing = requiredHeaders.find((name) => !valueOf(headers, name));
  if (missing !== undefined) {
    return fail(`trusted_proxy_missing_header_${missing.trim().toLowerCase()}`);
  }
  const user = valueOf(headers, userHeader);
  if (!user) return fail("trusted_proxy_user_missing");
  if (allowUsers.length > 0 && !allowUsers.includes(user)) {
    return fail("trusted_proxy_user_not_allowed");
  }
  const origin = headers.get("origin");
  if (origin !== null && !isAllowedOrigin(origin)) return fail("trusted_proxy_origin_not_allowed");
  const scopes = scopesHeader(headers);
  return { ok: true, user, ...(scopes === undefined ? {} : { scopes }) };
}

/** The scopes of `x-openclaw-scopes`: none when it is empty, `undefined` when it is absent. */
export function scopesHeader(headers: Headers): string[] | undefined {
  return headers.get("x-openclaw-scopes")?.split(",").map((scope) => scope.trim())
    .filter((scope) => scope !== "");
}

function valueOf(headers: Headers, name: string): string {
  try {
    return headerText(headers.get(name.trim())?.trim() ?? "");
  } catch {
    // The configured name cannot be that of a header, so no request has it.
    return "";
  }
}

function fail(reason: ProxyFailure): ProxyVerdict {
  return { ok: false, reason };
}
