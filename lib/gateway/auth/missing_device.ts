/**
 * Who may connect without a device, and what such a client gets.
 *
 * @module
 */
import { hasScope, invalidRequest, OPERATOR_SCOPES } from "../../protocol/mod.ts";
import type { ConnectParams } from "../../protocol/methods/mod.ts";
import type { AuthVerdict } from "../authenticator.ts";
import { type ConnectionPeer, type HandshakeRefusal, refuse } from "../handshake.ts";

/** `gateway.controlUi`, as far as it is about devices. */
export interface DevicePolicy {
  /** Lets pages of this machine's own loopback in with the shared secret alone. */
  readonly allowsInsecureAuth: boolean;
  /** Lets pages in without asking for a device, and ignores the one they bring. */
  readonly ignoresDevices: boolean;
}

/** Whether a client is the Control UI, whose user can be asked to open it elsewhere. */
export function isControlUi({ client }: ConnectParams): boolean {
  return client.id === "openclaw-control-ui" || client.id === "openclaw-tui";
}

/** Whether a client is a helper of the program itself. */
export function isBackend({ client }: ConnectParams): boolean {
  return client.id === "gateway-client" && client.mode === "backend";
}

/** Whether a client comes straight from this machine, and no page sent it. */
export function isOwnProgram({ isLocalDirect, origin }: ConnectionPeer): boolean {
  return isLocalDirect && origin === undefined;
}

/** Whether the device of a client, or that it has none, does not matter. */
export function ignoresDevice(params: ConnectParams, policy: DevicePolicy): boolean {
  return policy.ignoresDevices && isControlUi(params);
}

/**
 * Refuses a client that needs a device.
 *
 * @param shared The verdict on the gateway's own credential.
 */
export function refuseMissingDevice(
  params: ConnectParams,
  peer: ConnectionPeer,
  policy: DevicePolicy,
  shared: AuthVerdict,
): HandshakeRefusal | undefined {
  if (params.role === "node") {
    return deviceRequired("device identity required: nodes prove a paired device");
  }
  if (keepsScopes(params, peer, policy, shared)) return undefined;
  const isOpen = shared.ok && shared.method === "none";
  if (isOpen) return isBackend(params) ? undefined : deviceRequired("device identity required");
  // What the proxy's word lacks is worth more to know than that a device would do as well.
  const isProxied = !shared.ok && shared.reason?.startsWith("trusted_proxy_") === true;
  if (!isControlUi(params) || isProxied) return undefined;
  if (policy.allowsInsecureAuth && peer.isLocalDirect) return undefined;
  return refuse(invalidRequest("control ui requires device identity (use HTTPS or localhost)", {
    code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  }));
}

/**
 * The scopes of a client without a device: what it asks for when its holder is the owner or the
 * configuration says so, none otherwise.
 */
export function scopesWithoutDevice(
  params: ConnectParams,
  peer: ConnectionPeer,
  policy: DevicePolicy,
  shared: Extract<AuthVerdict, { ok: true }>,
): string[] {
  if (!keepsScopes(params, peer, policy, shared)) return [];
  return leftByProxy(knownScopes(params.scopes ?? []), shared.scopes);
}

/** The scopes that mean something, each once, in the order asked for. */
export function knownScopes(scopes: readonly string[]): string[] {
  const known: readonly string[] = OPERATOR_SCOPES;
  return [...new Set(scopes)].filter((scope) => known.includes(scope));
}

/** What a proxy leaves of the scopes asked for; all of them unless it says. */
export function leftByProxy(
  scopes: readonly string[],
  allowed: readonly string[] | undefined,
): string[] {
  return scopes.filter((scope) => allowed === undefined || hasScope(allowed, scope));
}

/**
 * On direct loopback without an origin the holder of the shared secret is the owner; where nothing is
 * secret, that is only true of the program's own helpers.
 */
function keepsScopes(
  params: ConnectParams,
  peer: ConnectionPeer,
  policy: DevicePolicy,
  shared: AuthVerdict,
): boolean {
  if (ignoresDevice(params, policy)) return true;
  const method = shared.ok ? shared.method : undefined;
  if (isControlUi(params)) {
    if (method === "trusted-proxy") return true;
    const isSecret = method === "token" || method === "password";
    if (isSecret && policy.allowsInsecureAuth && peer.isLocalDirect) return true;
  }
  return isOwnProgram(peer) && (method !== "none" || isBackend(params));
}

function deviceRequired(why: string): HandshakeRefusal {
  const message = `${why} (pair one with: openclaw qr)`;
  return refuse({ code: "NOT_PAIRED", message, details: { code: "DEVICE_IDENTITY_REQUIRED" } });
}
