/**
 * Takes over the pairings of an earlier gateway, once; its files stay as they are.
 *
 * @module
 */
import { type Clock, isObject, type JsonObject, sha256Hex } from "../base/mod.ts";
import { PAIRING_REQUEST_TTL_MS } from "../protocol/mod.ts";
import type { Writing } from "../store/mod.ts";
import { type ApprovedDevice, DeviceTable } from "./device_table.ts";
import {
  isRole,
  legacyDevice,
  legacyFacts,
  moment,
  readEntries,
  texts,
  type UnusableFile,
} from "./legacy_files.ts";
import { NodeTable } from "./node_table.ts";
import type { NodeFacts, NodeRecord } from "./node_types.ts";
import { RequestTable } from "./request_table.ts";
import { normalizeScopes, scopesOfRole } from "./scopes.ts";
import { type TokenRow, TokenTable } from "./token_table.ts";
import type { PairingRequest } from "./types.ts";

/** Marks in the store that a file was taken over. */
const DONE_KEY = "devices.imported";
const FILES = ["devices/paired.json", "devices/pending.json", "nodes/paired.json"] as const;

/** What was taken over. */
export interface DeviceImport {
  devices: number;
  requests: number;
  nodes: number;
  /** Files that could not be used; they are tried again at the next start. */
  unusable: UnusableFile[];
}

interface Found {
  devices: { device: ApprovedDevice; tokens: TokenRow[] }[];
  requests: PairingRequest[];
  nodes: NodeRecord[];
}

/**
 * Imports `devices/paired.json`, `devices/pending.json` and `nodes/paired.json` from the state
 * folder. What the store knows already is not touched. Tokens keep working; only their hashes are
 * stored.
 *
 * @param options With `isRepeat`, files are looked at though they were taken over, and are not marked.
 * @throws {AppError} `PERMISSION_DENIED`, `IO_ERROR`, `STORE_WRITE_FAILED`
 */
export async function importPairings(
  stateDir: string,
  store: Writing,
  clock: Clock,
  { isRepeat = false }: { isRepeat?: boolean } = {},
): Promise<DeviceImport> {
  const result: DeviceImport = { devices: 0, requests: 0, nodes: 0, unusable: [] };
  if (!isRepeat && isDone(store)) return result;
  const lists: JsonObject[][] = [];
  let isAny = false;
  for (const name of FILES) {
    const entries = await readEntries(stateDir, name);
    isAny ||= Array.isArray(entries);
    if (entries !== undefined && !Array.isArray(entries)) result.unusable.push(entries);
    lists.push(Array.isArray(entries) ? entries : []);
  }
  if (!isAny) return result;
  const [paired = [], pending = [], nodes = []] = lists;
  const found: Found = {
    devices: await pairedDevices(paired, clock.now()),
    requests: pending.flatMap((entry) => request(entry, clock.now())),
    nodes: await pairedNodes(nodes, clock.now()),
  };
  const isComplete = !isRepeat && result.unusable.length === 0;
  return { ...result, ...await store.transact(() => write(store, found, clock, isComplete)) };
}

function isDone(store: Writing): boolean {
  return store.connection.get("SELECT 1 FROM meta WHERE key = ?", DONE_KEY) !== undefined;
}

function write(
  store: Writing,
  found: Found,
  clock: Clock,
  isComplete: boolean,
): Omit<DeviceImport, "unusable"> {
  const { connection } = store;
  const [devices, tokens] = [new DeviceTable(connection), new TokenTable(connection)];
  const [requests, nodes] = [new RequestTable(connection), new NodeTable(connection)];
  const now = clock.now();
  const newDevices = found.devices.filter(({ device }) => !devices.find(device.deviceId));
  for (const { device, tokens: rows } of newDevices) {
    devices.save(device);
    for (const row of rows) tokens.save(row);
  }
  const newRequests = found.requests.filter(({ deviceId }) => !requests.ofDevice(deviceId, now));
  for (const one of newRequests) {
    requests.save({ request: one, expiresAtMs: one.ts + PAIRING_REQUEST_TTL_MS }, now);
  }
  const newNodes = found.nodes.filter(({ nodeId }) => !nodes.find(nodeId));
  for (const node of newNodes) nodes.save(node);
  if (isComplete) {
    connection.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", DONE_KEY, String(now));
  }
  return { devices: newDevices.length, requests: newRequests.length, nodes: newNodes.length };
}

async function pairedDevices(entries: JsonObject[], now: number): Promise<Found["devices"]> {
  const found: Found["devices"] = [];
  for (const entry of entries) {
    const common = legacyDevice(entry);
    if (common === undefined) continue;
    const createdAtMs = moment(entry.createdAtMs) ?? now;
    const approvedAtMs = moment(entry.approvedAtMs) ?? createdAtMs;
    found.push({
      device: { ...common, createdAtMs, approvedAtMs },
      tokens: await deviceTokens(common.deviceId, entry.tokens, createdAtMs),
    });
  }
  return found;
}

async function deviceTokens(
  deviceId: string,
  tokens: unknown,
  createdAtMs: number,
): Promise<TokenRow[]> {
  const rows: TokenRow[] = [];
  for (const [role, value] of Object.entries(isObject(tokens) ? tokens : {})) {
    if (!isObject(value) || typeof value.token !== "string" || !isRole(role)) continue;
    const row: TokenRow = {
      deviceId,
      role,
      scopes: normalizeScopes(scopesOfRole(role, texts(value.scopes))),
      createdAtMs: moment(value.createdAtMs) ?? createdAtMs,
    };
    const [rotated, revoked] = [moment(value.rotatedAtMs), moment(value.revokedAtMs)];
    const used = moment(value.lastUsedAtMs);
    if (rotated !== undefined) row.rotatedAtMs = rotated;
    if (used !== undefined) row.lastUsedAtMs = used;
    if (revoked !== undefined) row.revokedAtMs = revoked;
    else row.hash = await sha256Hex(value.token);
    rows.push(row);
  }
  return rows;
}

function request(entry: JsonObject, now: number): PairingRequest[] {
  const common = legacyDevice(entry);
  const ts = moment(entry.ts);
  if (common === undefined || typeof entry.requestId !== "string" || ts === undefined) return [];
  if (ts > now || ts + PAIRING_REQUEST_TTL_MS <= now) return [];
  const { facts, ...rest } = common;
  const isRepair = entry.isRepair === true;
  return [{ requestId: entry.requestId, ...rest, ...facts, isRepair, ts, updatedAtMs: ts }];
}

async function pairedNodes(entries: JsonObject[], now: number): Promise<NodeRecord[]> {
  const records: NodeRecord[] = [];
  for (const entry of entries) {
    const { nodeId, token } = entry;
    if (typeof nodeId !== "string" || nodeId === "" || typeof token !== "string") continue;
    const facts: NodeFacts = { ...legacyFacts(entry), caps: texts(entry.caps) };
    const createdAtMs = moment(entry.createdAtMs) ?? now;
    records.push({
      nodeId,
      facts,
      commands: texts(entry.commands).sort(),
      tokenHash: await sha256Hex(token),
      createdAtMs,
      approvedAtMs: moment(entry.approvedAtMs) ?? createdAtMs,
    });
  }
  return records;
}
