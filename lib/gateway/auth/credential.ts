/**
 * The credential of a connect: the gateway's own, the word of Tailscale, a setup code, a device token.
 *
 * @module
 */
import type { DeviceTokens, SetupCodes, SetupGrant } from "../../devices/mod.ts";
import { authFailure, type Role } from "../../protocol/mod.ts";
import type { ConnectParams } from "../../protocol/methods/mod.ts";
import type { Attempt, Authenticator, AuthVerdict } from "../authenticator.ts";
import { type ConnectionPeer, type HandshakeRefusal, isPage, refuse } from "../handshake.ts";
import { isControlUi } from "./missing_device.ts";
import { credentialMessage } from "./refusal_text.ts";
import type { TailscaleWhois } from "./tailscale.ts";

type AuthParams = NonNullable<ConnectParams["auth"]>;

/** Connect parameters of a client with a device. */
export type DeviceParams = ConnectParams & { device: NonNullable<ConnectParams["device"]> };

/** A device's client that is believed, and why. */
export interface DeviceCredential {
  readonly ok: true;
  /** The gateway's own credential, or the word of another; absent when only the device's own holds. */
  readonly shared?: Extract<AuthVerdict, { ok: true }>;
  /** The device token that was presented and is valid. */
  readonly presented?: string;
  readonly setup?: SetupGrant;
}

/** A refused credential. */
interface Refused {
  readonly reason: string | undefined;
  readonly presented?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly canRetry?: boolean;
}

/** The attempt at the gateway's own credential within a connect. */
export function attemptOf({ auth = {} }: ConnectParams, peer: ConnectionPeer): Attempt {
  const { address, origin, isLocalDirect, proxy } = peer;
  const { token, password } = auth;
  return { token, password, address, origin, isLocalDirect, proxy };
}

/**
 * The verdict on the gateway's own credential. For the Control UI the word of Tailscale is as good,
 * and what it lacks is the reason of the refusal when the page shows nothing else.
 */
export async function judgeShared(
  params: ConnectParams,
  peer: ConnectionPeer,
  authenticator: Authenticator,
  whois: TailscaleWhois,
): Promise<AuthVerdict> {
  const { auth = {}, role = "operator" } = params;
  const shared = authenticator.judge(attemptOf(params, peer));
  const isOpen = shared.ok && shared.method === "none";
  if (!peer.tailscale || role !== "operator" || !isControlUi(params) || isOpen) return shared;
  const verdict = await whois.verify(peer.tailscale);
  if (verdict.ok) return { ok: true, method: "tailscale" };
  const isAlone = Object.values(auth).every((value) => !value);
  return shared.ok || !isAlone ? shared : verdict;
}

/**
 * A verdict as it is by now: many guesses may come at once, and those that were counted since it was
 * given lock out the others, the right one included.
 */
export function judgeAgain(
  shared: AuthVerdict,
  params: ConnectParams,
  peer: ConnectionPeer,
  authenticator: Authenticator,
): AuthVerdict {
  const isTailscale = shared.ok
    ? shared.method === "tailscale"
    : shared.reason?.startsWith("tailscale_") === true;
  return isTailscale ? shared : authenticator.judge(attemptOf(params, peer));
}

/** Refuses what {@linkcode judgeShared} found wrong, and counts it. */
export function refuseShared(
  params: ConnectParams,
  peer: ConnectionPeer,
  authenticator: Authenticator,
  verdict: Extract<AuthVerdict, { ok: false }>,
): HandshakeRefusal {
  const { reason, retryAfterMs } = verdict;
  authenticator.countFailure(attemptOf(params, peer), reason);
  return refuseCredential(params, peer, {
    reason,
    retryAfterMs,
    presented: shownFor(reason, params.auth ?? {}),
  });
}

/** What a device's credential is judged with. */
export interface CredentialJudges {
  readonly authenticator: Authenticator;
  readonly tokens: DeviceTokens;
  readonly setupCodes: SetupCodes;
}

/**
 * The gateway's credential, else a setup code, else a device token.
 *
 * A failure is counted only when nothing else is right: clients may send their device token in the
 * place of the gateway's.
 */
export async function judgeDeviceCredential(
  params: DeviceParams,
  peer: ConnectionPeer,
  shared: AuthVerdict,
  { authenticator, tokens, setupCodes }: CredentialJudges,
): Promise<DeviceCredential | HandshakeRefusal> {
  if (shared.ok) return { ok: true, shared };
  const { auth = {}, device, role = "operator", scopes = [] } = params;
  const attempt = attemptOf(params, peer);
  const lockedMs = authenticator.lockedForMs(attempt, "device");
  const isOwn = auth.bootstrapToken !== undefined || auth.deviceToken !== undefined;
  if (lockedMs > 0 && isOwn) {
    return refuseCredential(params, peer, { reason: "rate_limited", retryAfterMs: lockedMs });
  }
  if (auth.bootstrapToken) {
    const claim = { deviceId: device.id, role: role as Role, scopes };
    const setup = await setupCodes.claim(auth.bootstrapToken, claim);
    if (setup) return { ok: true, setup };
  }
  const presented = auth.deviceToken ?? auth.token;
  const verdict = presented
    ? await tokens.verify(device.id, role as Role, presented, scopes)
    : undefined;
  if (verdict?.ok && presented) return { ok: true, presented };
  const refused = whyRefused(shared, auth, verdict?.ok === false ? verdict.reason : undefined);
  authenticator.countFailure(attempt, refused.reason);
  return refuseCredential(params, peer, refused);
}

/** The refusal that fits what the client showed: its own kind of credential first. */
function whyRefused(
  shared: Extract<AuthVerdict, { ok: false }>,
  auth: AuthParams,
  token: "device_token_mismatch" | "scope_mismatch" | undefined,
): Refused {
  const { reason, retryAfterMs } = shared;
  if (reason === "rate_limited") return { reason, retryAfterMs };
  if (auth.bootstrapToken) {
    return { reason: "bootstrap_token_invalid", presented: auth.bootstrapToken };
  }
  if (token === "scope_mismatch") return { reason: token };
  if (token !== undefined && auth.deviceToken !== undefined) {
    return { reason: token, presented: auth.deviceToken };
  }
  const canRetry = auth.token !== undefined && auth.deviceToken === undefined;
  return { reason, retryAfterMs, presented: shownFor(reason, auth), canRetry };
}

/** What was shown and refused for a reason; a password where a token is missing is no token. */
function shownFor(reason: string | undefined, auth: AuthParams): string | undefined {
  switch (reason) {
    case "token_mismatch":
      return auth.token;
    case "password_mismatch":
      return auth.password;
    default:
      return undefined;
  }
}

function refuseCredential(
  params: ConnectParams,
  peer: ConnectionPeer,
  { reason, presented, retryAfterMs, canRetry = false }: Refused,
): HandshakeRefusal {
  const message = credentialMessage({
    reason,
    presented,
    retryAfterMs,
    isPage: isPage(params) || peer.origin !== undefined,
    isLocalDirect: peer.isLocalDirect,
  });
  const error = authFailure(reason, message, canRetry);
  if (retryAfterMs === undefined) return refuse(error);
  return refuse({ ...error, retryable: true, retryAfterMs });
}
