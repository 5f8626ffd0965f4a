/**
 * Who needs an approval and who gets it silently; pure decisions.
 *
 * @module
 */
import { ellipsize } from "../base/mod.ts";
import type { Role } from "../protocol/mod.ts";
import { coversScopes, scopesOfRole } from "./scopes.ts";
import type { DeviceFacts, PairedDevice, PairingReason, SetupGrant } from "./types.ts";

/** Longest text that a client's description of itself may have. */
const MAX_FACT_CHARS = 200;

/** A connect whose device has proven itself and whose credential was accepted. */
export interface DeviceConnect extends DeviceFacts {
  /** As the proof answered it. */
  deviceId: string;
  /** As the proof answered it. */
  publicKey: string;
  role: Role;
  /** As asked for; what means nothing for the role is left out of account. */
  scopes: readonly string[];
  /** Whether the connection counts as local. */
  isLocal: boolean;
  /** Whether it came over direct loopback, without an origin, with the shared secret. */
  isOwner: boolean;
  /** Whether a browser opened it. */
  isBrowser: boolean;
  /** Whether its address is one from which new nodes are approved by configuration. */
  isTrustedAddress?: boolean;
  /** What its setup code grants. */
  setup?: SetupGrant | undefined;
}

/** A connect reduced to what decisions need. */
export interface Wanted {
  deviceId: string;
  publicKey: string;
  facts: DeviceFacts;
  role: Role;
  scopes: string[];
}

/** The request within a connect: known scopes only, texts of bounded length. */
export function wantedOf(connect: DeviceConnect): Wanted {
  const { displayName, platform, deviceFamily, clientId, clientMode, remoteIp } = connect;
  const facts: DeviceFacts = {};
  const texts = { displayName, platform, deviceFamily, clientId, clientMode, remoteIp };
  for (const [name, value] of Object.entries(texts)) {
    const text = cleanText(value);
    if (text !== undefined) facts[name as keyof DeviceFacts] = text;
  }
  return {
    deviceId: connect.deviceId,
    publicKey: connect.publicKey,
    facts,
    role: connect.role,
    scopes: scopesOfRole(connect.role, connect.scopes),
  };
}

/** A client's text without control characters and not longer than a list can show. */
export function cleanText(value: string | undefined): string | undefined {
  const text = value?.replace(/\p{Cc}/gu, "").trim();
  return text === undefined || text === "" ? undefined : ellipsize(text, MAX_FACT_CHARS);
}

/**
 * What a device lacks, in the order in which refusals name it; empty when it may go on.
 *
 * The scopes that come with a new role belong to that role's approval.
 */
export function missingApprovals(
  device: PairedDevice | undefined,
  wanted: Wanted,
): PairingReason[] {
  if (device === undefined || device.publicKey !== wanted.publicKey) return ["not-paired"];
  const reasons: PairingReason[] = [];
  const isOtherMachine = differs(device.platform, wanted.facts.platform) ||
    differs(device.deviceFamily, wanted.facts.deviceFamily);
  if (isOtherMachine) reasons.push("metadata-upgrade");
  if (!device.roles.includes(wanted.role)) reasons.push("role-upgrade");
  else if (!coversScopes(device.scopes, wanted.scopes)) reasons.push("scope-upgrade");
  return reasons;
}

/** Whether nobody needs to be asked. */
export function isSilent(reason: PairingReason, connect: DeviceConnect, wanted: Wanted): boolean {
  if (connect.isOwner || isWithinSetup(connect.setup, wanted)) return true;
  switch (reason) {
    case "not-paired":
      return connect.isLocal || isTrustedNode(connect);
    case "role-upgrade":
      return connect.isLocal;
    case "scope-upgrade":
      return false;
    case "metadata-upgrade":
      return connect.isLocal && !connect.isBrowser;
  }
}

function isTrustedNode({ isTrustedAddress, role, scopes }: DeviceConnect): boolean {
  return isTrustedAddress === true && role === "node" && scopes.length === 0;
}

function isWithinSetup(setup: SetupGrant | undefined, wanted: Wanted): boolean {
  return setup !== undefined && setup.roles.includes(wanted.role) &&
    coversScopes(setup.scopes, wanted.scopes);
}

/**
 * Whether a claim contradicts what was approved. A claim that is not made contradicts nothing, and
 * the version of a system may change: only its name is compared.
 */
function differs(pinned: string | undefined, claimed: string | undefined): boolean {
  if (pinned === undefined || claimed === undefined) return false;
  return familyName(pinned) !== familyName(claimed);
}

function familyName(text: string): string {
  const lower = text.trim().toLowerCase();
  return /^\D+/.exec(lower)?.[0].trim() || lower;
}
