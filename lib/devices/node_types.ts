/**
 * What is known about nodes and their requests.
 *
 * @module
 */
import type { DeviceFacts } from "./types.ts";

/** What a node says about itself. */
export interface NodeFacts extends DeviceFacts {
  version?: string;
  coreVersion?: string;
  uiVersion?: string;
  modelIdentifier?: string;
  caps?: string[];
  permissions?: Record<string, boolean>;
  pathEnv?: string;
  /** Whether the node hopes to be approved without a question. */
  silent?: boolean;
}

/** An approved node as it is stored. */
export interface NodeRecord {
  /** The device id for nodes that connect. */
  nodeId: string;
  /** Given by a person; goes before the name among the facts. */
  name?: string;
  facts: NodeFacts;
  /** What was approved. */
  commands: string[];
  tokenHash: string;
  createdAtMs: number;
  approvedAtMs: number;
}

/** A node that waits for a person's decision, as it is stored. */
export interface NodeRequest {
  requestId: string;
  nodeId: string;
  facts: NodeFacts;
  /** What it offers. */
  commands: string[];
  /** When the node asked first. */
  ts: number;
  /** When the request last grew. */
  updatedAtMs: number;
}

/** A waiting node in `node.pair.list` and `node.pair.requested`. */
export interface NodeRequestRow extends NodeFacts {
  requestId: string;
  nodeId: string;
  caps: string[];
  commands: string[];
  silent: boolean;
  ts: number;
  updatedAtMs: number;
  requiredApproveScopes: string[];
}

/** An approved node in `node.pair.list`, and in the answer to its approval. */
export interface PairedNodeRow extends NodeFacts {
  nodeId: string;
  caps: string[];
  commands: string[];
  createdAtMs: number;
  approvedAtMs: number;
}

/** The part of a row of `node.list` that does not depend on a connection. */
export interface NodeRow extends NodeFacts {
  nodeId: string;
  caps: string[];
  commands: string[];
  paired: boolean;
  approvedAtMs?: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
}

/** Payload of `node.pair.resolved`. */
export interface NodeResolution {
  /** Empty for a removal. */
  requestId: string;
  nodeId: string;
  decision: "approved" | "rejected" | "removed";
  ts: number;
}
