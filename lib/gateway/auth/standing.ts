/**
 * How close a connect is to the owner of the gateway's machine, which decides what needs no approval.
 *
 * @module
 */
import type { ConnectParams } from "../../protocol/methods/mod.ts";
import { hostName, isLoopback, isLoopbackHost } from "../address.ts";
import type { AuthVerdict } from "../authenticator.ts";
import { type ConnectionPeer, isPage } from "../handshake.ts";
import { isBackend, isControlUi, isOwnProgram } from "./missing_device.ts";
import { isInNetworks, isPrivateAddress } from "./network.ts";

/** Where a connect stands. */
export interface Standing {
  /** Whether a browser opened it. */
  readonly isBrowser: boolean;
  /** Whether it counts as this machine's own. */
  readonly isLocal: boolean;
  /** Whether whoever sent it holds the shared secret on this machine. */
  readonly isOwner: boolean;
}

/** The standing of a connect; `shared` is how it proved that it may connect, if not as a device. */
export function standingOf(
  params: ConnectParams,
  peer: ConnectionPeer,
  shared: Extract<AuthVerdict, { ok: true }> | undefined,
): Standing {
  const isBrowser = peer.origin !== undefined;
  const isLocal = peer.isLocalDirect || isLocalHolder(peer, shared) || isLocalPage(params, peer);
  return {
    isBrowser,
    isLocal: isLocal && (!isBrowser || isPage(params)),
    isOwner: isOwnProgram(peer) && isSharedSecret(shared),
  };
}

/** Whether pairing is no question: somebody else vouches for the user, or nothing is secret. */
export function skipsPairing(
  params: ConnectParams,
  peer: ConnectionPeer,
  shared: Extract<AuthVerdict, { ok: true }> | undefined,
): boolean {
  const { role = "operator" } = params;
  if (shared === undefined || role !== "operator") return false;
  if (isBackend(params)) return isOwnProgram(peer);
  const isVouchedFor = shared.method === "tailscale" || shared.method === "trusted-proxy";
  return isControlUi(params) && (isVouchedFor || shared.method === "none");
}

/** Whether a peer comes from one of the networks; a page, or a proxy on this machine, never does. */
export function isTrustedAddress(
  { address, origin }: ConnectionPeer,
  networks: readonly string[],
): boolean {
  return origin === undefined && !isLoopback(address) && isInNetworks(address, networks);
}

function isSharedSecret(shared: Extract<AuthVerdict, { ok: true }> | undefined): boolean {
  return shared !== undefined && ["token", "password", "none"].includes(shared.method);
}

/** A holder of the secret on this machine who calls it by its address in a private network. */
function isLocalHolder(
  { isDirect, socketAddress, host }: ConnectionPeer,
  shared: Extract<AuthVerdict, { ok: true }> | undefined,
): boolean {
  return isDirect && isLoopback(socketAddress) && shared !== undefined && isSharedSecret(shared) &&
    host !== undefined && isPrivateAddress(hostName(host));
}

/** The Control UI under this machine's own name, seen through the network of a container. */
function isLocalPage(
  params: ConnectParams,
  { isDirect, socketAddress, host, origin }: ConnectionPeer,
): boolean {
  if (!isDirect || !isControlUi(params) || origin === undefined || host === undefined) return false;
  const isOwnName = URL.canParse(origin) && isLoopbackHost(new URL(origin).host) &&
    isLoopbackHost(host);
  return isOwnName && isPrivateAddress(socketAddress);
}
