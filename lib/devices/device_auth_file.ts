/**
 * The device tokens that gateways gave to this machine, in `<stateDir>/identity/device-auth.json`.
 *
 * The file is shared with other clients on the machine and keeps their format. It only saves an
 * approval: a file that is missing, broken or of another identity counts as empty and is replaced.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { isObject, parseJsonOrUndefined } from "../base/mod.ts";
import { ensureDir, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";

/** A stored token of one role. */
export interface StoredDeviceToken {
  token: string;
  role: string;
  scopes: string[];
  /** Milliseconds since the epoch. */
  updatedAtMs: number;
}

/** Where the tokens of a state folder are kept. */
export function deviceAuthPath(stateDir: string): string {
  return join(stateDir, "identity", "device-auth.json");
}

/**
 * The stored token of a role.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function readStoredToken(
  stateDir: string,
  deviceId: string,
  role: string,
): Promise<StoredDeviceToken | undefined> {
  return (await readTokens(stateDir, deviceId)).get(role);
}

/**
 * Stores the token of a role; nothing is written when it is there already.
 *
 * @throws {AppError} What writing a file can fail with.
 */
export async function writeStoredToken(
  stateDir: string,
  deviceId: string,
  token: StoredDeviceToken,
): Promise<void> {
  const tokens = await readTokens(stateDir, deviceId);
  const known = tokens.get(token.role);
  if (known?.token === token.token && known.scopes.join() === token.scopes.join()) return;
  tokens.set(token.role, token);
  await writeTokens(stateDir, deviceId, tokens);
}

/**
 * Forgets the token of a role, such as one that a gateway refused.
 *
 * @returns Whether there was one.
 * @throws {AppError} What writing a file can fail with.
 */
export async function dropStoredToken(
  stateDir: string,
  deviceId: string,
  role: string,
): Promise<boolean> {
  const tokens = await readTokens(stateDir, deviceId);
  if (!tokens.delete(role)) return false;
  await writeTokens(stateDir, deviceId, tokens);
  return true;
}

async function readTokens(
  stateDir: string,
  deviceId: string,
): Promise<Map<string, StoredDeviceToken>> {
  const text = await readTextFileIfExists(deviceAuthPath(stateDir));
  const file = text === undefined ? undefined : parseJsonOrUndefined(text);
  return isObject(file) && file.deviceId === deviceId ? parseTokens(file.tokens) : new Map();
}

/** The tokens of a file by their roles; what is none is left out. */
export function parseTokens(rows: unknown): Map<string, StoredDeviceToken> {
  const tokens = new Map<string, StoredDeviceToken>();
  if (!isObject(rows)) return tokens;
  for (const [role, value] of Object.entries(rows)) {
    if (!isObject(value) || typeof value.token !== "string" || value.token === "") continue;
    const { scopes, updatedAtMs } = value;
    tokens.set(role, {
      token: value.token,
      role,
      scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [],
      updatedAtMs: typeof updatedAtMs === "number" ? updatedAtMs : 0,
    });
  }
  return tokens;
}

async function writeTokens(
  stateDir: string,
  deviceId: string,
  tokens: ReadonlyMap<string, StoredDeviceToken>,
): Promise<void> {
  const path = deviceAuthPath(stateDir);
  const file = { version: 1, deviceId, tokens: Object.fromEntries(tokens) };
  await ensureDir(dirname(path));
  await writeFileAtomic(path, `${JSON.stringify(file, null, 2)}\n`);
}
