/**
 * Nodes: which commands of which node are approved, and which ones wait for a decision.
 *
 * A node is let in by the pairing of its device; what is kept here is what it may be asked for.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { type Clock, randomId, sha256Hex } from "../base/mod.ts";
import { hasScope, PAIRING_REQUEST_TTL_MS } from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import { DeviceTable } from "./device_table.ts";
import { toBase64Url } from "./keys.ts";
import { type NodeCommandPolicy, scopesToApprove } from "./node_commands.ts";
import {
  cleanCommands,
  hasGrown,
  judge,
  type NodeAdmission,
  type NodeDeclaration,
} from "./node_declaration.ts";
import { cleanFacts, nodeRow, pairedRow, requestRow } from "./node_rows.ts";
import { NodeTable } from "./node_table.ts";
import type {
  NodeRecord,
  NodeRequest,
  NodeRequestRow,
  NodeResolution,
  NodeRow,
  PairedNodeRow,
} from "./node_types.ts";
import { missingApproverScope, unknownNode, unknownRequest } from "./pairing_error.ts";
import { cleanText } from "./pairing_rules.ts";
import { mergeSorted } from "./scopes.ts";
import { TokenTable } from "./token_table.ts";
import type { DeviceRevocation } from "./types.ts";

/** Bytes of a node token; 48 characters of base64url, so that it is told from other tokens. */
const TOKEN_BYTES = 36;

/** Called after what they report is on disk. */
export interface NodeListeners {
  /** A request is new or has grown. */
  onRequested?(request: NodeRequestRow): void;
  onResolved?(resolution: NodeResolution): void;
  onRevoked?(revocation: DeviceRevocation): void;
}

/** Decides about nodes and keeps what was decided. */
export class NodeRegistryStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #listeners: NodeListeners;
  readonly #nodes: NodeTable;
  readonly #devices: DeviceTable;
  readonly #tokens: TokenTable;

  constructor(store: Store, clock: Clock, listeners: NodeListeners = {}) {
    this.#store = store;
    this.#clock = clock;
    this.#listeners = listeners;
    this.#nodes = new NodeTable(store.connection);
    this.#devices = new DeviceTable(store.connection);
    this.#tokens = new TokenTable(store.connection);
  }

  /**
   * Decides which of the declared commands a connecting node may be asked for: those its platform
   * and the configuration allow. Of a node that was approved before, only the approved ones count,
   * and new ones wait; a node that never was may use its commands at once and waits all the same.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async admit(declaration: NodeDeclaration, policy: NodeCommandPolicy): Promise<NodeAdmission> {
    const known = this.#nodes.find(declaration.nodeId);
    const { commands, refused } = judge(declaration, policy, known);
    const waiting = refused.filter(({ reason }) => reason === "not-approved");
    const offered = [...commands, ...waiting.map(({ command }) => command)].sort();
    const needsRequest = known === undefined ? offered.length > 0 : waiting.length > 0;
    if (known !== undefined) await this.#refreshFacts(known, declaration);
    if (!needsRequest) return { commands, refused };
    const { request } = await this.request({ ...declaration, commands: offered });
    return { commands, refused, request };
  }

  /** The same decision about a node that has been admitted, on what is approved and allowed now. */
  commandsOf(
    declaration: NodeDeclaration,
    policy: NodeCommandPolicy,
  ): Omit<NodeAdmission, "request"> {
    return judge(declaration, policy, this.#nodes.find(declaration.nodeId));
  }

  /**
   * Asks for an approval. A node has at most one request; asking again keeps its id, asking for more
   * replaces it, so that nobody approves what was not there when it was looked at.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async request(
    declaration: NodeDeclaration,
  ): Promise<{ status: "pending"; request: NodeRequestRow; created: boolean }> {
    const { nodeId } = declaration;
    const commands = cleanCommands(declaration.commands);
    const { request, created, isNews } = await this.#store.transact(() => {
      const now = this.#clock.now();
      const before = this.#nodes.requestOf(nodeId, now);
      const isNews = hasGrown(before, commands);
      const request: NodeRequest = {
        requestId: isNews ? randomId() : before!.requestId,
        nodeId,
        facts: cleanFacts(declaration),
        commands,
        ts: before?.ts ?? now,
        updatedAtMs: isNews ? now : before?.updatedAtMs ?? now,
      };
      this.#nodes.saveRequest(request, now, now + PAIRING_REQUEST_TTL_MS);
      return { request, created: before === undefined, isNews };
    });
    const row = requestRow(request);
    if (isNews) this.#listeners.onRequested?.(row);
    return { status: "pending", request: row, created };
  }

  /** Everything that is approved and everything that waits, the newest first. */
  list(): { pending: NodeRequestRow[]; paired: PairedNodeRow[] } {
    return {
      pending: this.#nodes.requests(this.#clock.now()).map(requestRow),
      paired: this.#nodes.all().map(pairedRow),
    };
  }

  /**
   * Approves a request: the node keeps the commands it has and gets those it asked for, and a new
   * token, which is shown here and never again.
   *
   * @throws {AppError} `PAIRING_REQUEST_NOT_FOUND`, `SCOPE_MISSING`, `STORE_WRITE_FAILED`
   */
  async approve(
    requestId: string,
    approverScopes: readonly string[],
  ): Promise<{ requestId: string; node: PairedNodeRow & { token: string } }> {
    const token = toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
    const tokenHash = await sha256Hex(token);
    const node = await this.#store.transact(() => {
      const request = this.#requireRequest(requestId);
      const missing = scopesToApprove(request.commands)
        .find((scope) => !hasScope(approverScopes, scope));
      if (missing !== undefined) throw missingApproverScope(missing);
      const known = this.#nodes.find(request.nodeId);
      const name = this.#devices.nameOf(request.nodeId);
      const now = this.#clock.now();
      this.#nodes.save({
        nodeId: request.nodeId,
        ...(name === undefined ? {} : { name }),
        facts: request.facts,
        commands: mergeSorted(known?.commands ?? [], request.commands),
        tokenHash,
        createdAtMs: known?.createdAtMs ?? now,
        approvedAtMs: now,
      });
      this.#nodes.deleteRequestOf(request.nodeId);
      return this.#nodes.find(request.nodeId)!;
    });
    this.#resolved(requestId, node.nodeId, "approved");
    return { requestId, node: { ...pairedRow(node), token } };
  }

  /**
   * Turns a request down; the node may ask again.
   *
   * @throws {AppError} `PAIRING_REQUEST_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  async reject(requestId: string): Promise<{ requestId: string; nodeId: string }> {
    const { nodeId } = await this.#store.transact(() => {
      const request = this.#requireRequest(requestId);
      this.#nodes.deleteRequestOf(request.nodeId);
      return request;
    });
    this.#resolved(requestId, nodeId, "rejected");
    return { requestId, nodeId };
  }

  /**
   * Forgets a node. Its device loses the role of a node; one that had no other role is forgotten.
   *
   * @throws {AppError} `NODE_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  async remove(nodeId: string): Promise<{ nodeId: string }> {
    await this.#store.transact(() => {
      const wasNode = this.#nodes.forget(nodeId);
      const wasDevice = this.#dropNodeRole(nodeId);
      if (!wasNode && !wasDevice) throw unknownNode(nodeId);
    });
    this.#listeners.onRevoked?.({ deviceId: nodeId, role: "node" });
    this.#resolved("", nodeId, "removed");
    return { nodeId };
  }

  /** Whether `token` is that of an approved node. */
  async verify(nodeId: string, token: string): Promise<{ ok: boolean; node?: PairedNodeRow }> {
    const hash = await sha256Hex(token);
    const node = this.#nodes.find(nodeId);
    const encoder = new TextEncoder();
    const stored = encoder.encode(node?.tokenHash ?? "0".repeat(hash.length));
    const isEqual = timingSafeEqual(stored, encoder.encode(hash));
    return isEqual && node !== undefined ? { ok: true, node: pairedRow(node) } : { ok: false };
  }

  /**
   * Gives a node a name that its own description of itself does not replace.
   *
   * @throws {AppError} `NODE_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  async rename(
    nodeId: string,
    displayName: string,
  ): Promise<{ nodeId: string; displayName: string }> {
    const name = cleanText(displayName) ?? displayName;
    await this.#store.transact(() => {
      const isNode = this.#nodes.setName(nodeId, name);
      const isDevice = this.#devices.find(nodeId)?.roles.includes("node") === true;
      if (!isNode && !isDevice) throw unknownNode(nodeId);
      if (isDevice) this.#devices.setName(nodeId, name);
    });
    return { nodeId, displayName: name };
  }

  /** Every known node: approved ones, and devices that are paired as nodes. */
  rows(): NodeRow[] {
    const nodes = new Map(this.#nodes.all().map((node) => [node.nodeId, node]));
    const devices = this.#devices.all().filter((device) => device.roles.includes("node"));
    const paired = devices.map((device) =>
      nodeRow(device.deviceId, nodes.get(device.deviceId), device)
    );
    const others = [...nodes.values()]
      .filter((node) => !devices.some((device) => device.deviceId === node.nodeId))
      .map((node) => nodeRow(node.nodeId, node, undefined));
    return [...paired, ...others];
  }

  /** One known node. */
  row(nodeId: string): NodeRow | undefined {
    const node = this.#nodes.find(nodeId);
    const device = this.#devices.find(nodeId);
    const isPaired = device?.roles.includes("node") === true;
    if (node === undefined && !isPaired) return undefined;
    return nodeRow(nodeId, node, isPaired ? device : undefined);
  }

  async #refreshFacts(known: NodeRecord, declaration: NodeDeclaration): Promise<void> {
    const facts = { ...known.facts, ...cleanFacts(declaration) };
    if (JSON.stringify(facts) === JSON.stringify(known.facts)) return;
    await this.#store.transact(() => this.#nodes.setFacts(known.nodeId, facts));
  }

  #dropNodeRole(deviceId: string): boolean {
    const device = this.#devices.find(deviceId);
    if (device === undefined || !device.roles.includes("node")) return false;
    const rest = device.roles.filter((role) => role !== "node");
    this.#tokens.delete(deviceId, "node");
    if (rest[0] === undefined) this.#devices.delete(deviceId);
    else this.#devices.setRoles(deviceId, rest[0], rest);
    return true;
  }

  /** @throws {AppError} `PAIRING_REQUEST_NOT_FOUND` */
  #requireRequest(requestId: string): NodeRequest {
    const request = this.#nodes.findRequest(requestId, this.#clock.now());
    if (request === undefined) throw unknownRequest(requestId, "nodes");
    return request;
  }

  #resolved(requestId: string, nodeId: string, decision: NodeResolution["decision"]): void {
    this.#listeners.onResolved?.({ requestId, nodeId, decision, ts: this.#clock.now() });
  }
}
