/**
 * Judges a connect from its parameters to what it is granted, in the order of the protocol: start,
 * offer, the gateway's credential, missing device, proof, the device's credential, pairing, tokens.
 *
 * @module
 */
import { errorMessage, type Logger } from "../base/mod.ts";
import {
  type DevicePairing,
  type DeviceTokens,
  pairingRequired,
  proofFailure,
  type SetupCodes,
  verifyDeviceProof,
} from "../devices/mod.ts";
import type { HelloAuth, Role } from "../protocol/mod.ts";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import {
  attemptOf,
  type CredentialJudges,
  type DeviceCredential,
  type DeviceParams,
  judgeAgain,
  judgeDeviceCredential,
  judgeShared,
  refuseShared,
} from "./auth/credential.ts";
import {
  type DevicePolicy,
  ignoresDevice,
  knownScopes,
  leftByProxy,
  refuseMissingDevice,
  scopesWithoutDevice,
} from "./auth/missing_device.ts";
import { isTrustedAddress, skipsPairing, standingOf } from "./auth/standing.ts";
import type { TailscaleWhois } from "./auth/tailscale.ts";
import type { Authenticator, AuthVerdict } from "./authenticator.ts";
import {
  checkOffer,
  type ConnectionPeer,
  type Grant,
  type HandshakeRefusal,
  refuse,
} from "./handshake.ts";
import type { OriginPolicy } from "./origin.ts";
import type { Startup } from "./startup.ts";

/** What devices are judged by. */
export interface Admission {
  pairing: DevicePairing;
  tokens: DeviceTokens;
  setupCodes: SetupCodes;
}

/** What a judgement rests on. */
export interface HandshakePolicy {
  authenticator: Authenticator;
  whois: TailscaleWhois;
  startup: Startup;
  log: Logger;
  origins: OriginPolicy;
  devices: DevicePolicy;
  /** Networks from which new nodes are paired without asking. */
  nodeNetworks: readonly string[];
}

/** A connect as it is judged. */
export interface ConnectAttempt {
  params: ConnectParams;
  peer: ConnectionPeer;
  /** The challenge of this socket. */
  nonce: string;
  nowMs: number;
}

/** Judges a connect, with or without a device. */
export async function admitConnect(
  attempt: ConnectAttempt,
  policy: HandshakePolicy,
  devices: Admission,
): Promise<Grant | HandshakeRefusal> {
  const { params, peer } = attempt;
  const refusal = policy.startup.refuseConnect() ?? checkOffer(params, peer, policy.origins);
  if (refusal) return refusal;
  const shared = await judgeShared(params, peer, policy.authenticator, policy.whois);
  return hasDevice(params) && !ignoresDevice(params, policy.devices)
    ? await admitDevice({ ...attempt, params }, policy, devices, shared)
    : admitWithoutDevice(attempt, policy, shared);
}

function hasDevice(params: ConnectParams): params is DeviceParams {
  return params.device !== undefined;
}

function admitWithoutDevice(
  { params, peer }: ConnectAttempt,
  { authenticator, devices }: HandshakePolicy,
  shared: AuthVerdict,
): Grant | HandshakeRefusal {
  const refusal = refuseMissingDevice(params, peer, devices, shared);
  if (refusal) return refusal;
  const verdict = judgeAgain(shared, params, peer, authenticator);
  if (!verdict.ok) return refuseShared(params, peer, authenticator, verdict);
  const scopes = scopesWithoutDevice(params, peer, devices, verdict);
  return { ok: true, role: "operator", scopes, ...heldBy(verdict, authenticator) };
}

/** The credential of the gateway that a verdict rests on, to be asked for before anything is awaited. */
function heldBy(
  verdict: AuthVerdict,
  { generation }: Authenticator,
): Pick<Grant, "authGeneration"> {
  return verdict.ok && verdict.method !== "tailscale" ? { authGeneration: generation } : {};
}

async function admitDevice(
  attempt: ConnectAttempt & { params: DeviceParams },
  { authenticator, log, nodeNetworks }: HandshakePolicy,
  { pairing, tokens, setupCodes }: Admission,
  shared: AuthVerdict,
): Promise<Grant | HandshakeRefusal> {
  const { params, peer } = attempt;
  const proof = await verifyDeviceProof(params, attempt);
  if (!proof.ok) return refuse(proofFailure(proof.reason));
  const judges = { authenticator, tokens, setupCodes };
  const { held, credential } = await judgeInTurn(params, peer, shared, judges);
  if (!credential.ok) return credential;
  const role = (params.role ?? "operator") as Role;
  const scopes = params.scopes ?? [];
  const grant: Grant = {
    ok: true,
    role,
    scopes: role === "operator" ? leftByProxy(knownScopes(scopes), credential.shared?.scopes) : [],
    deviceId: proof.deviceId,
    ...held,
  };
  if (skipsPairing(params, peer, credential.shared)) return grant;
  const outcome = await pairing.evaluate({
    ...facts(params, peer),
    deviceId: proof.deviceId,
    publicKey: proof.publicKey,
    role,
    scopes,
    ...standingOf(params, peer, credential.shared),
    isTrustedAddress: isTrustedAddress(peer, nodeNetworks),
    ...(credential.setup ? { setup: credential.setup } : {}),
  });
  if (outcome.kind === "pending") return refuse(pairingRequired(outcome));
  const issued = await issueTokens(params, credential, tokens, setupCodes);
  pairing.touch(proof.deviceId, "connect").catch((error) =>
    log.warn(`cannot note when a device was seen: ${errorMessage(error)}`)
  );
  return issued ? { ...grant, tokens: issued } : grant;
}

/** What the client shows, judged after all that is counted with it and came before. */
function judgeInTurn(
  params: DeviceParams,
  peer: ConnectionPeer,
  shared: AuthVerdict,
  judges: CredentialJudges,
) {
  const { authenticator } = judges;
  return authenticator.inTurn(attemptOf(params, peer), async () => {
    const verdict = judgeAgain(shared, params, peer, authenticator);
    const held = heldBy(verdict, authenticator);
    return { held, credential: await judgeDeviceCredential(params, peer, verdict, judges) };
  });
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

/** The tokens that hello hands out; after a setup code also those of the device's other roles. */
async function issueTokens(
  { auth = {}, device, role = "operator", scopes = [] }: DeviceParams,
  { presented, setup }: DeviceCredential,
  tokens: DeviceTokens,
  setupCodes: SetupCodes,
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
