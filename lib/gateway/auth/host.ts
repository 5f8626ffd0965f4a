/**
 * Whether the name in `Host` may be this gateway's: a page whose name was made to point at this machine
 * (DNS rebinding) would otherwise be served like the gateway's own.
 *
 * @module
 */
import type { Peer } from "../../http/mod.ts";
import { isLoopback } from "../address.ts";
import { isAllowedHost } from "../origin.ts";
import type { GatewayState } from "../state.ts";

/**
 * Judges the `Host` of a request from this machine.
 *
 * A request that went through a proxy bears the proxy's name, which only the proxy knows. Such a page
 * can add a proxy's headers too, though: where no credential is needed besides them, every name is
 * looked at.
 */
export function isHostAllowed(
  state: GatewayState,
  { headers, url }: Pick<Request, "headers" | "url">,
  peer: Peer,
): boolean {
  if (!isLoopback(peer.socketAddress)) return true;
  const { mode } = state.authenticator;
  const isOpen = mode === "none" || mode === "trusted-proxy";
  if (!peer.isDirect && !isOpen) return true;
  const { gateway } = state.config().config;
  const host = headers.get("host") ?? authorityOf(url);
  return isAllowedHost(host, gateway?.controlUi?.allowedOrigins);
}

/** HTTP/2 has the name in front of the path instead; `null` where there is none. */
function authorityOf(url: string): string | null {
  return /^https?:\/\/([^/?#]+)/i.exec(url)?.[1] ?? null;
}
