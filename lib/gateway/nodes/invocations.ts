/**
 * Commands on their way to nodes: sent, waited for, and ended by an answer, the clock or the end of
 * the node's connection.
 *
 * @module
 */
import { AppError, parseJsonOrUndefined, randomId } from "../../base/mod.ts";
import {
  MAX_NODE_INVOKE_TIMEOUT_MS,
  MAX_NODE_INVOKES,
  NODE_INVOKE_TIMEOUT_MS,
  type NodeInvokeRequest,
  prepareEvent,
} from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import type { Client } from "../client.ts";
import type { ConnectedNode } from "./connected_nodes.ts";

/** What a node is asked for. */
export interface NodeCommand {
  command: string;
  params?: unknown;
  /** Milliseconds; the usual time when absent or 0. */
  timeoutMs?: number | undefined;
  idempotencyKey?: string | undefined;
}

/** What a node answered. */
export type NodeAnswer =
  | { ok: true; payload?: unknown; payloadJSON: string | null }
  | { ok: false; nodeError: { code?: string; message?: string } | null };

/** How an invoke ended: as the node answered, or put off. */
export type InvokeOutcome = NodeAnswer | { ok: false; queuedActionId: string; nodeError: unknown };

interface Invocation {
  readonly node: ConnectedNode;
  readonly command: string;
  readonly timer: ReturnType<typeof setTimeout>;
  resolve(answer: NodeAnswer): void;
  reject(error: AppError): void;
}

/** All commands that nodes have not answered. */
export class NodeInvocations {
  readonly #waiting = new Map<string, Invocation>();

  /**
   * Sends a command and waits for the answer.
   *
   * @throws {AppError} `NODE_TIMEOUT`; `NOT_CONNECTED` when the connection ends first; `UNAVAILABLE`
   * when too many commands wait for this node.
   */
  send(node: ConnectedNode, request: NodeCommand): Promise<NodeAnswer> {
    // It may have ended, or a newer one taken its place, while an approval was looked up.
    if (!node.client.isOpen) throw disconnected(request.command);
    if (this.#countOf(node) >= MAX_NODE_INVOKES) throw tooMany(node);
    const id = randomId();
    const { command, idempotencyKey } = request;
    const timeoutMs = Math.min(
      request.timeoutMs || NODE_INVOKE_TIMEOUT_MS,
      MAX_NODE_INVOKE_TIMEOUT_MS,
    );
    const { promise, resolve, reject } = Promise.withResolvers<NodeAnswer>();
    const timer = setTimeout(() => this.#take(id)?.reject(timedOut()), timeoutMs);
    this.#waiting.set(id, { node, command, timer, resolve, reject });
    const payload: NodeInvokeRequest = {
      id,
      nodeId: node.nodeId,
      command,
      paramsJSON: request.params === undefined ? null : JSON.stringify(request.params),
      timeoutMs,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    };
    node.client.send(prepareEvent("node.invoke.request", payload)());
    return promise;
  }

  /**
   * Takes a node's answer in.
   *
   * @returns Whether anybody still waited for it from this connection.
   */
  settle(client: Client, result: MethodParams<"node.invoke.result">): boolean {
    const invocation = this.#waiting.get(result.id);
    if (invocation?.node.client !== client) return false;
    this.#take(result.id)?.resolve(answerOf(result));
    return true;
  }

  /** Ends everything that waits for an answer from a connection. */
  drop(client: Client): void {
    for (const [id, { node, command }] of this.#waiting) {
      if (node.client === client) this.#take(id)?.reject(disconnected(command));
    }
  }

  /** Number of commands that wait for an answer. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Ends everything, also for nodes whose sockets never close: the gateway stops. */
  close(): void {
    for (const [id, { command }] of this.#waiting) this.#take(id)?.reject(disconnected(command));
  }

  #take(id: string): Invocation | undefined {
    const invocation = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(invocation?.timer);
    return invocation;
  }

  #countOf({ client }: ConnectedNode): number {
    let count = 0;
    for (const { node } of this.#waiting.values()) if (node.client === client) count++;
    return count;
  }
}

function answerOf(result: MethodParams<"node.invoke.result">): NodeAnswer {
  const { ok, payload, payloadJSON, error } = result;
  if (!ok) return { ok: false, nodeError: error ? stated(error) : null };
  const value = typeof payloadJSON === "string" ? parseJsonOrUndefined(payloadJSON) : payload;
  return {
    ok: true,
    ...(value === undefined ? {} : { payload: value }),
    payloadJSON: payloadJSON ?? null,
  };
}

function stated({ code, message }: { code?: string | undefined; message?: string | undefined }) {
  return {
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}

/** The node is not there. */
export function notConnected(message = "node not connected"): AppError {
  return new AppError("NOT_CONNECTED", message, { hint: "openclaw nodes status" });
}

function disconnected(command: string): AppError {
  return notConnected(`node disconnected (${command})`);
}

function timedOut(): AppError {
  const nodeError = { code: "TIMEOUT", message: "node invoke timed out" };
  return new AppError("NODE_TIMEOUT", "TIMEOUT: node invoke timed out", {
    hint: "Repeat it with a longer timeoutMs, or see: openclaw nodes status",
    details: { nodeError },
  });
}

function tooMany({ nodeId }: ConnectedNode): AppError {
  return new AppError(
    "UNAVAILABLE",
    `Cannot ask node "${nodeId}": ${MAX_NODE_INVOKES} commands wait for its answer`,
    { hint: "Repeat it once some have ended", retryable: true },
  );
}
