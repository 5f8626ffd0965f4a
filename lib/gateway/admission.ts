/**
 * Admits clients that bring a device: proof, credential, pairing, token.
 *
 * @module
 */
import {
  type DevicePairing,
  type DeviceTokens,
  pairingRequired,
  proofFailure,
  type SetupCodes,
  type SetupGrant,
  verifyDeviceProof,
} from "../devices/mod.ts";
import { authFailure, type HelloAuth, type Role } from "../protocol/mod.ts";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import { isInNetwork, isLoopback } from "./address.ts";
import type { Attempt, AuthVerdict } from "./authenticator.ts";
import {
  checkOffer,
  type ConnectionPeer,
  type Grant,
  type HandshakePolicy,
  type HandshakeRefusal,
  judgeConnect,
  knownScopes,
  refuse,
  refuseCredential,
} from "./handshake.ts";

/** What devices are judged by. */
export interface Admission {
  pairing: DevicePairing;
  tokens: DeviceTokens;
  setupCodes: SetupCodes;
}

/** A connect as it is judged. */
export interface ConnectAttempt {
  params: ConnectParams;
  peer: ConnectionPeer;
  /** The challenge of this socket. */
  nonce: string;
  nowMs: number;
}

type DeviceParams = ConnectParams & { device: NonNullable<ConnectParams["device"]> };

/** How a device's client was believed. */
interface Credential {
  ok: true;
  /** Whether it holds the gateway's own secret, or none is asked for. */
  isShared: boolean;
  /** The device token that was presented and is valid. */
  presented?: string;
  setup?: SetupGrant;
}

/** Judges a connect, with or without a device. */
export async function admitConnect(
  attempt: ConnectAttempt,
  policy: HandshakePolicy,
  devices: Admission,
): Promise<Grant | HandshakeRefusal> {
  const { params, peer } = attempt;
  if (!hasDevice(params)) return judgeConnect(params, peer, policy);
  const offer = checkOffer(params, peer, policy.origins);
  if (offer) return offer;
  const proof = await verifyDeviceProof(params, attempt);
  if (!proof.ok) return refuse(proofFailure(proof.reason));
  const credential = await checkCredential(params, peer, policy, devices);
  if (!credential.ok) return credential;
  const { role = "operator", scopes = [] } = params;
  const verdict = await devices.pairing.evaluate({
    ...facts(params, peer),
    deviceId: proof.deviceId,
    publicKey: proof.publicKey,
    role: role as Role,
    scopes,
    ...standing(params, peer, credential),
    isTrustedAddress: isTrusted(peer, policy.nodeNetworks),
    ...(credential.setup ? { setup: credential.setup } : {}),
  });
  if (verdict.kind === "pending") return refuse(pairingRequired(verdict));
  const tokens = await issueTokens(params, credential, devices);
  void devices.pairing.touch(proof.deviceId, "connect");
  return {
    ok: true,
    role: role as Role,
    scopes: role === "operator" ? knownScopes(scopes) : [],
    deviceId: proof.deviceId,
    ...(tokens ? { tokens } : {}),
  };
}

function hasDevice(params: ConnectParams): params is DeviceParams {
  return params.device !== undefined;
}

/**
 * The gateway's secret, else a setup code, else a device token.
 *
 * A failure is counted only when nothing else is right: clients may send their device token in the
 * place of the gateway's.
 */
async function checkCredential(
  params: DeviceParams,
  peer: ConnectionPeer,
  { authenticator }: HandshakePolicy,
  { tokens, setupCodes }: Admission,
): Promise<Credential | HandshakeRefusal> {
  const { auth = {}, device, role = "operator", scopes = [] } = params;
  const { address, origin, isLocalDirect } = peer;
  const given: Attempt = {
    token: auth.token,
    password: auth.password,
    address,
    origin,
    isLocalDirect,
  };
  const shared = authenticator.judge(given);
  if (shared.ok) return { ok: true, isShared: true };
  if (auth.bootstrapToken) {
    const claim = { deviceId: device.id, role: role as Role, scopes };
    const setup = await setupCodes.claim(auth.bootstrapToken, claim);
    if (setup) return { ok: true, isShared: false, setup };
  }
  const presented = auth.deviceToken ?? auth.token;
  const verdict = presented
    ? await tokens.verify(device.id, role as Role, presented, scopes)
    : undefined;
  if (verdict?.ok && presented) return { ok: true, isShared: false, presented };
  const refusal = whyRefused(shared, auth, verdict?.ok === false ? verdict.reason : undefined);
  authenticator.countFailure(given, refusal.reason);
  if (refusal.reason === shared.reason) {
    const canRetry = auth.token !== undefined && auth.deviceToken === undefined;
    return refuseCredential(shared, canRetry);
  }
  return refuse(authFailure(refusal.reason, refusal.message));
}

/** The refusal that fits what the client showed: its own kind of credential first. */
function whyRefused(
  shared: Extract<AuthVerdict, { ok: false }>,
  auth: NonNullable<ConnectParams["auth"]>,
  token: "device_token_mismatch" | "scope_mismatch" | undefined,
): { reason: string; message: string } {
  if (shared.reason === "rate_limited") return { reason: shared.reason, message: "" };
  if (auth.bootstrapToken) {
    return {
      reason: "bootstrap_token_invalid",
      message: "unauthorized: setup code invalid or over (make a new one with: openclaw qr)",
    };
  }
  if (token === "scope_mismatch") {
    return {
      reason: token,
      message: "unauthorized: the device token does not cover the scopes asked for " +
        "(connect with the gateway token, then: openclaw devices approve <request>)",
    };
  }
  if (token !== undefined && auth.deviceToken !== undefined) {
    return {
      reason: token,
      message: "unauthorized: device token mismatch (connect once with the gateway token)",
    };
  }
  return { reason: shared.reason, message: "" };
}

function facts({ client }: ConnectParams, { address }: ConnectionPeer) {
  return {
    ...(client.displayName === undefined ? {} : { displayName: client.displayName }),
    platform: client.platform,
    ...(client.deviceFamily === undefined ? {} : { deviceFamily: client.deviceFamily }),
    clientId: client.id,
    clientMode: client.mode,
    remoteIp: address,
  };
}

/** Whether a connect is this machine's own, and its owner's. */
function standing({ client }: ConnectParams, peer: ConnectionPeer, { isShared }: Credential) {
  const isPage = client.id === "openclaw-control-ui" || client.mode === "webchat";
  const isBrowser = peer.origin !== undefined;
  return {
    isBrowser,
    isLocal: peer.isLocalDirect && (!isBrowser || isPage),
    isOwner: peer.isLocalDirect && !isBrowser && isShared,
  };
}

/** Whether a peer comes from one of the networks; a page, or a proxy on this machine, never does. */
function isTrusted({ address, origin }: ConnectionPeer, networks: readonly string[]): boolean {
  return origin === undefined && !isLoopback(address) &&
    networks.some((network) => isInNetwork(address, network));
}

/** The tokens that hello hands out; after a setup code also those of the device's other roles. */
async function issueTokens(
  { auth = {}, device, role = "operator", scopes = [] }: DeviceParams,
  { presented, setup }: Credential,
  { tokens, setupCodes }: Admission,
): Promise<Pick<HelloAuth, "scopes" | "deviceToken" | "issuedAtMs" | "deviceTokens"> | undefined> {
  const own = await tokens.issue({
    deviceId: device.id,
    role: role as Role,
    scopes,
    ...(presented === undefined ? {} : { presented }),
  });
  if (!own) return undefined;
  const shown = { scopes: own.scopes, deviceToken: own.token, issuedAtMs: own.issuedAtMs };
  if (!setup || !auth.bootstrapToken) return shown;
  const others = [];
  for (const other of setup.roles.filter((each) => each !== role)) {
    const issued = await tokens.issue({ deviceId: device.id, role: other, scopes: setup.scopes });
    if (!issued) continue;
    const { token, role: issuedRole, scopes: issuedScopes, issuedAtMs } = issued;
    others.push({ deviceToken: token, role: issuedRole, scopes: issuedScopes, issuedAtMs });
  }
  await setupCodes.finish(auth.bootstrapToken);
  return { ...shown, deviceTokens: others };
}
