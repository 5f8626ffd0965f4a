/**
 * Reads the pairing files that an earlier gateway left in the state folder; pure but for reading.
 *
 * `devices/paired.json` and `nodes/paired.json` are objects by device or node id,
 * `devices/pending.json` is one by request id.
 *
 * @module
 */
import { join } from "@std/path";
import { isObject, type JsonObject, parseJsonOrUndefined } from "../base/mod.ts";
import { readTextFileIfExists } from "../platform/mod.ts";
import type { Role } from "../protocol/mod.ts";
import { publicKeyBytes, toBase64Url } from "./keys.ts";
import { cleanText } from "./pairing_rules.ts";
import { scopesOfRole } from "./scopes.ts";
import type { DeviceFacts } from "./types.ts";

/** A file that cannot be used, with the reason. */
export interface UnusableFile {
  path: string;
  reason: string;
}

/** The entries of a file; `undefined` when there is none. */
export async function readEntries(
  stateDir: string,
  name: string,
): Promise<JsonObject[] | UnusableFile | undefined> {
  const path = join(stateDir, ...name.split("/"));
  const text = await readTextFileIfExists(path);
  if (text === undefined) return undefined;
  const file = parseJsonOrUndefined(text);
  if (!isObject(file)) return { path, reason: "it is not a JSON object" };
  return Object.values(file).filter(isObject);
}

/** What a device and a request have in common. */
export interface LegacyDevice {
  deviceId: string;
  publicKey: string;
  facts: DeviceFacts;
  role: Role;
  roles: Role[];
  scopes: string[];
}

/** The common part of an entry; `undefined` when it names no device, key or role. */
export function legacyDevice(entry: JsonObject): LegacyDevice | undefined {
  const { deviceId, publicKey } = entry;
  if (typeof deviceId !== "string" || !/^[0-9a-f]{64}$/.test(deviceId)) return undefined;
  const key = typeof publicKey === "string" ? publicKeyBytes(publicKey) : undefined;
  const roles = [...new Set([...texts(entry.roles), ...texts([entry.role])])].filter(isRole).sort();
  const [first] = roles;
  if (key === undefined || first === undefined) return undefined;
  const scopes = texts(entry.approvedScopes).length > 0 ? entry.approvedScopes : entry.scopes;
  return {
    deviceId,
    publicKey: toBase64Url(key),
    facts: legacyFacts(entry),
    role: typeof entry.role === "string" && isRole(entry.role) ? entry.role : first,
    roles,
    scopes: scopesOfRole("operator", texts(scopes)).sort(),
  };
}

/** The texts among the fields of an entry. */
export function legacyFacts(entry: JsonObject): DeviceFacts {
  const facts: DeviceFacts = {};
  const names = [
    "displayName",
    "platform",
    "deviceFamily",
    "clientId",
    "clientMode",
    "remoteIp",
  ] as const;
  for (const name of names) {
    const value = entry[name];
    const text = typeof value === "string" ? cleanText(value) : undefined;
    if (text !== undefined) facts[name] = text;
  }
  return facts;
}

/** The texts of a list; none when it is no list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** A moment in milliseconds, where the entry has one. */
export function moment(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Whether a text names a role. */
export function isRole(text: string): text is Role {
  return text === "operator" || text === "node";
}
