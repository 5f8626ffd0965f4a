/**
 * What a running gateway judges connects and identities by.
 *
 * @module
 */
import { resolveAllowTailscale } from "../../config/mod.ts";
import type { RunCommand } from "../../platform/mod.ts";
import type { HandshakePolicy } from "../admission.ts";
import type { GatewayState } from "../state.ts";
import type { IdentityPolicy } from "./peer.ts";
import { devicePolicy } from "./settings.ts";
import { TailscaleWhois } from "./tailscale.ts";

/** What connects are judged by, as it is in force at each of them. */
export function handshakePolicy(state: GatewayState, run: RunCommand): () => HandshakePolicy {
  const { authenticator, clock, startup } = state;
  const log = state.log.child("auth");
  const whois = new TailscaleWhois({ clock, log, run });
  return () => ({
    authenticator,
    whois,
    startup,
    log,
    origins: state.origins(),
    devices: devicePolicy(state.config().config.gateway),
    nodeNetworks: state.config().config.gateway?.nodes?.pairing?.autoApproveCidrs ?? [],
  });
}

/** What identities that others vouch for are judged by. */
export function identityPolicy(state: GatewayState): IdentityPolicy {
  const { mode, proxy } = state.authenticator;
  return {
    proxy: mode === "trusted-proxy" ? proxy : undefined,
    origins: state.origins(),
    allowsTailscale: resolveAllowTailscale(state.config().config, mode),
  };
}
