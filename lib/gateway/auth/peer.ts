/**
 * What a request's headers and address say about who sent it. Read before an upgrade, which takes the
 * headers away.
 *
 * @module
 */
import { canonicalAddress } from "../../base/mod.ts";
import type { OpenClawConfig, TrustedProxyAuth } from "../../config/mod.ts";
import type { Peer } from "../../http/mod.ts";
import { isForwarded, isLoopback, isLoopbackHost } from "../address.ts";
import { isAllowedOrigin, type OriginPolicy } from "../origin.ts";
import { clientAddress } from "./forwarding.ts";
import { readTailscaleClaim, type TailscaleClaim } from "./tailscale.ts";
import { judgeProxy, type ProxyVerdict } from "./trusted_proxy.ts";

/** The `gateway` section of the configuration. */
export type GatewayConfig = OpenClawConfig["gateway"];

/** Identity that others vouch for. */
export interface PeerIdentity {
  /** Absent unless the gateway authenticates by a proxy. */
  readonly proxy?: ProxyVerdict;
  /** Absent where it counts for nothing, and where no header of Tailscale is. */
  readonly tailscale?: TailscaleClaim;
}

/** What identities are judged by. */
export interface IdentityPolicy {
  /** Present in mode `trusted-proxy`. */
  readonly proxy: TrustedProxyAuth | undefined;
  readonly origins: OriginPolicy;
  readonly allowsTailscale: boolean;
}

/** The peer of a request; the client's address is the one a trusted proxy names, if there is one. */
export function resolvePeer(headers: Headers, remoteAddress: string, gateway: GatewayConfig): Peer {
  const socketAddress = canonicalAddress(remoteAddress);
  const isDirect = !isForwarded(headers);
  const host = headers.get("host");
  return {
    address: isDirect ? socketAddress : clientAddress(headers, socketAddress, {
      trustedProxies: gateway?.trustedProxies ?? [],
      allowsRealIp: gateway?.allowRealIpFallback ?? false,
    }),
    socketAddress,
    isDirect,
    isLocalDirect: isDirect && isLoopback(socketAddress) && (host === null || isLoopbackHost(host)),
  };
}

/** The identity that a proxy, or Tailscale, puts into a request. */
export function resolveIdentity(
  headers: Headers,
  peer: Peer,
  { proxy, origins, allowsTailscale }: IdentityPolicy,
): PeerIdentity {
  const host = headers.get("host") ?? undefined;
  const { socketAddress } = peer;
  const claim = allowsTailscale ? readTailscaleClaim(headers, socketAddress) : undefined;
  const request = {
    headers,
    socketAddress,
    isAllowedOrigin: (origin: string) => isAllowedOrigin(origin, { ...peer, host }, origins),
  };
  return {
    ...(proxy === undefined ? {} : { proxy: judgeProxy(request, proxy) }),
    ...(claim === undefined ? {} : { tailscale: claim }),
  };
}
