/**
 * The device tokens of this machine by the gateway that gave them, in
 * `<stateDir>/identity/gateway-tokens.json`.
 *
 * The shared file `device-auth.json` has room for one gateway only. It keeps the token of the one that
 * the configuration names, for the other clients of this machine; no token goes to an address that did
 * not give it.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { isObject, parseJsonOrUndefined } from "../base/mod.ts";
import { ensureDir, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";
import {
  dropStoredToken,
  parseTokens,
  readStoredToken,
  type StoredDeviceToken,
  writeStoredToken,
} from "./device_auth_file.ts";

/** Whose tokens are meant. */
export interface TokenPlace {
  readonly stateDir: string;
  readonly deviceId: string;
  /** Address of the gateway. */
  readonly url: string;
  /** Whether it is the one that the configuration names, whose token all clients share. */
  readonly isShared: boolean;
}

type Gateways = Map<string, Map<string, StoredDeviceToken>>;

/** Where the tokens of a state folder are kept. */
export function gatewayTokensPath(stateDir: string): string {
  return join(stateDir, "identity", "gateway-tokens.json");
}

/**
 * The token that a gateway gave for a role.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function readGatewayToken(
  place: TokenPlace,
  role: string,
): Promise<StoredDeviceToken | undefined> {
  const own = (await readGateways(place)).get(keyOf(place.url))?.get(role);
  if (own !== undefined || !place.isShared) return own;
  return await readStoredToken(place.stateDir, place.deviceId, role);
}

/**
 * Stores the token that a gateway gave; nothing is written when it is there already.
 *
 * @throws {AppError} What writing a file can fail with.
 */
export async function writeGatewayToken(
  place: TokenPlace,
  token: StoredDeviceToken,
): Promise<void> {
  const { stateDir, deviceId, url, isShared } = place;
  if (isShared) await writeStoredToken(stateDir, deviceId, token);
  const gateways = await readGateways(place);
  const tokens = gateways.get(keyOf(url)) ?? new Map<string, StoredDeviceToken>();
  const known = tokens.get(token.role);
  if (known?.token === token.token && known.scopes.join() === token.scopes.join()) return;
  gateways.set(keyOf(url), tokens.set(token.role, token));
  await writeGateways(place, gateways);
}

/**
 * Forgets the token of a gateway, such as one that it refused.
 *
 * @throws {AppError} What writing a file can fail with.
 */
export async function dropGatewayToken(place: TokenPlace, role: string): Promise<void> {
  const { stateDir, deviceId, url, isShared } = place;
  if (isShared) await dropStoredToken(stateDir, deviceId, role);
  const gateways = await readGateways(place);
  const tokens = gateways.get(keyOf(url));
  if (!tokens?.delete(role)) return;
  if (tokens.size === 0) gateways.delete(keyOf(url));
  await writeGateways(place, gateways);
}

/** One spelling for one gateway: no credentials, no query, no port that goes without saying. */
function keyOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`;
}

/** A file that is missing, broken or of another identity counts as empty and is replaced. */
async function readGateways({ stateDir, deviceId }: TokenPlace): Promise<Gateways> {
  const text = await readTextFileIfExists(gatewayTokensPath(stateDir));
  const file = text === undefined ? undefined : parseJsonOrUndefined(text);
  const gateways: Gateways = new Map();
  if (!isObject(file) || file.deviceId !== deviceId || !isObject(file.gateways)) return gateways;
  for (const [key, value] of Object.entries(file.gateways)) {
    gateways.set(key, parseTokens(isObject(value) ? value.tokens : undefined));
  }
  return gateways;
}

async function writeGateways({ stateDir, deviceId }: TokenPlace, gateways: Gateways) {
  const rows = [...gateways].map(([key, tokens]) => [key, { tokens: Object.fromEntries(tokens) }]);
  const file = { version: 1, deviceId, gateways: Object.fromEntries(rows) };
  const path = gatewayTokensPath(stateDir);
  await ensureDir(dirname(path));
  await writeFileAtomic(path, `${JSON.stringify(file, null, 2)}\n`);
}
