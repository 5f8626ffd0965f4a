/**
 * Writes an approval: what the device may do from now on, and what its tokens may do.
 *
 * @module
 */
import type { Role } from "../protocol/mod.ts";
import type { DeviceTable } from "./device_table.ts";
import type { Wanted } from "./pairing_rules.ts";
import { factsOf, type RequestTable } from "./request_table.ts";
import { coversScopes, mergeSorted, normalizeScopes, scopesOfRole } from "./scopes.ts";
import { summarizeToken, type TokenTable } from "./token_table.ts";
import type { PairedDeviceRow } from "./types.ts";

/** The tables an approval touches. */
export interface PairingTables {
  devices: DeviceTable;
  tokens: TokenTable;
  requests: RequestTable;
}

/** What is approved. */
export interface Grant extends Wanted {
  roles: readonly Role[];
}

/**
 * Adds `grant` to what its device has and drops the request that it answers. Belongs inside a
 * transaction.
 *
 * @param killTokens Whether the tokens of the granted roles die; otherwise they may do more.
 */
export function writeGrant(
  tables: PairingTables,
  grant: Grant,
  { now, killTokens }: { now: number; killTokens: boolean },
): PairedDeviceRow {
  const { devices, tokens } = tables;
  const { deviceId, publicKey } = grant;
  const known = devices.find(deviceId);
  // Another key is another device, whatever the first one was allowed.
  const before = known?.publicKey === publicKey ? known : undefined;
  if (known !== undefined && before === undefined) devices.delete(deviceId);
  const held = before?.scopes ?? [];
  const roles = mergeSorted(before?.roles ?? [], grant.roles);
  const scopes = mergeSorted(held, grant.scopes.filter((scope) => !coversScopes(held, [scope])));
  devices.save({
    deviceId,
    publicKey,
    facts: { ...(before === undefined ? {} : factsOf(before)), ...grant.facts },
    role: grant.role,
    roles,
    scopes,
    createdAtMs: before?.createdAtMs ?? now,
    approvedAtMs: now,
  });
  for (const role of grant.roles) grantToken(tables, { deviceId, role, scopes, now, killTokens });
  dropAnsweredRequest(tables, { deviceId, roles, scopes, now });
  return { ...devices.find(deviceId)!, tokens: tokens.ofDevice(deviceId).map(summarizeToken) };
}

interface TokenGrant {
  deviceId: string;
  role: Role;
  scopes: readonly string[];
  now: number;
  killTokens: boolean;
}

/** A new token is handed out at the next connect; until then there is only what it may do. */
function grantToken({ tokens }: PairingTables, grant: TokenGrant): void {
  const { deviceId, role, now } = grant;
  const known = tokens.find(deviceId, role);
  const scopes = normalizeScopes(scopesOfRole(role, grant.scopes));
  if (known !== undefined && !grant.killTokens && known.revokedAtMs === undefined) {
    tokens.save({ ...known, scopes });
    return;
  }
  tokens.save({
    deviceId,
    role,
    scopes,
    createdAtMs: known?.createdAtMs ?? now,
    ...(known === undefined ? {} : { rotatedAtMs: now }),
    ...(known?.lastUsedAtMs === undefined ? {} : { lastUsedAtMs: known.lastUsedAtMs }),
  });
}

interface Answer {
  deviceId: string;
  roles: readonly string[];
  scopes: readonly string[];
  now: number;
}

function dropAnsweredRequest({ requests }: PairingTables, answer: Answer): void {
  const { deviceId, roles, scopes, now } = answer;
  const request = requests.ofDevice(deviceId, now)?.request;
  const isAnswered = request === undefined ||
    request.roles.every((role) => roles.includes(role)) && coversScopes(scopes, request.scopes);
  if (isAnswered) requests.deleteOf(deviceId);
}
