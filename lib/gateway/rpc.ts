/**
 * From a request frame to its answer: access, handler, parameters, result or refusal.
 *
 * @module
 */
import { errorMessage, type Logger, type RedactionSet } from "../base/mod.ts";
import {
  checkAccess,
  CLOSE,
  CLOSE_REASON,
  encodeError,
  encodeResponse,
  type ErrorShape,
  MAX_UNAUTHORIZED_CALLS,
  repeatedConnect,
  toErrorShape,
  unavailableMethod,
  unknownMethod,
} from "../protocol/mod.ts";
import {
  isKnownMethod,
  type MethodName,
  type MethodParams,
  UNAVAILABLE_METHODS,
  validateParams,
} from "../protocol/methods/mod.ts";
import type { Client } from "./client.ts";

/** One call, as its handler sees it. */
export interface Call<Params> {
  readonly params: Params;
  readonly client: Client;
  /** Sends a first answer under the same id; the handler's result follows as the second. */
  acknowledge(payload: unknown): void;
}

/** Answers one method. What it throws becomes the refusal. */
export type Handler<M extends MethodName> = (call: Call<MethodParams<M>>) => unknown;

/** The methods that are offered. */
export type Handlers = { readonly [M in MethodName]?: Handler<M> };

/** An answer that is a failure and still has a payload: the end of a failed run. */
export class FailedReply {
  readonly payload: unknown;
  readonly error: ErrorShape;

  constructor(payload: unknown, error: ErrorShape) {
    this.payload = payload;
    this.error = error;
  }
}

/** Parameters that do not fit the method's schema. */
class Refusal {
  readonly error: ErrorShape;

  constructor(error: ErrorShape) {
    this.error = error;
  }
}

/** What became of a call, for the log. */
export type CallObserver = (
  client: Client,
  method: string,
  ok: boolean,
  error: ErrorShape | undefined,
) => void;

/** What a call has to pass besides the check of role and scope. */
export interface CallGuards {
  /** Whether the credential that let the connection in is no longer the one in force. */
  isStale?(client: Client): boolean;
  /** Refuses what cannot be served while the gateway starts. */
  refuseEarly?(method: string): ErrorShape | undefined;
  /** Counts a call of a limited method, and refuses it when it is one too many. */
  refuseTooMany?(method: string, client: Client): ErrorShape | undefined;
  /** What must not be in an answer. */
  readonly redaction?: RedactionSet;
}

/**
 * Methods that hand secrets to those who may have them, and those that carry to a node, word for word,
 * what somebody asks of it.
 */
const SECRET_METHODS: ReadonlySet<string> = new Set([
  "node.pending.drain",
  "node.pending.pull",
  "secrets.resolve",
  "talk.config",
]);

/** Answers the requests of all connections. */
export class RpcServer {
  readonly #handlers: Handlers;
  readonly #log: Logger;
  readonly #observe: CallObserver | undefined;
  readonly #guards: CallGuards;
  readonly #roleViolations = new WeakMap<Client, number>();

  constructor(
    handlers: Handlers,
    log: Logger,
    observe?: CallObserver,
    guards: CallGuards = {},
  ) {
    this.#guards = guards;
    this.#handlers = handlers;
    this.#log = log;
    this.#observe = observe;
  }

  /** Names of all methods that do something, in alphabetical order. */
  get methods(): string[] {
    return Object.keys(this.#handlers).sort();
  }

  /**
   * Answers one request. Looked at in this order: the credential behind the connection, role and
   * scope, start, limit of writes, whether there is such a method, its parameters.
   *
   * @returns `false` when the connection has called what its role may not once too often and must be
   * closed.
   */
  async answer(client: Client, id: string, method: string, params: unknown): Promise<boolean> {
    if (this.#guards.isStale?.(client)) {
      client.close(CLOSE.AUTH_CHANGED, CLOSE_REASON.AUTH_CHANGED);
      return true;
    }
    const refusal = this.#refusal(client, method);
    if (refusal) {
      this.#refuse(client, id, method, refusal.error);
      return !refusal.isFinal;
    }
    try {
      const result = await this.#call(client, id, method as MethodName, params);
      if (result instanceof Refusal) {
        this.#refuse(client, id, method, result.error);
      } else this.#reply(client, id, method, result);
    } catch (error) {
      const shape = toErrorShape(error);
      if (shape.code === "UNAVAILABLE") {
        this.#log.warn(`${method} failed: ${errorMessage(error)}`);
      }
      this.#refuse(client, id, method, shape);
    }
    return true;
  }

  #call<M extends MethodName>(client: Client, id: string, method: M, params: unknown): unknown {
    const valid = validateParams(method, params);
    if (!valid.ok) return new Refusal(valid.error);
    const handler: Handler<M> | undefined = this.#handlers[method];
    return handler?.({
      params: valid.params,
      client,
      acknowledge: (payload) =>
        this.#send(client, method, (clean) => encodeResponse(id, clean(payload))),
    });
  }

  #refusal(client: Client, method: string): { error: ErrorShape; isFinal: boolean } | undefined {
    if (method === "connect") {
      return { error: repeatedConnect(), isFinal: false };
    }
    const denied = checkAccess(client.identity, method);
    if (denied) {
      const isFinal = denied.isRoleViolation &&
        this.#countViolation(client) > MAX_UNAUTHORIZED_CALLS;
      return { error: denied.error, isFinal };
    }
    this.#roleViolations.delete(client);
    const held = this.#guards.refuseEarly?.(method) ?? this.#guards.refuseTooMany?.(method, client);
    if (held) return { error: held, isFinal: false };
    if (!isKnownMethod(method)) return { error: unknownMethod(method), isFinal: false };
    if (this.#handlers[method] !== undefined) return undefined;
    const reason = UNAVAILABLE_METHODS[method] ?? "this gateway runs without it";
    return { error: unavailableMethod(method, reason), isFinal: false };
  }

  #countViolation(client: Client): number {
    const count = (this.#roleViolations.get(client) ?? 0) + 1;
    this.#roleViolations.set(client, count);
    return count;
  }

  #reply(client: Client, id: string, method: string, result: unknown): void {
    if (result instanceof FailedReply) {
      const { error, payload } = result;
      this.#send(client, method, (clean) => encodeError(id, clean(error), clean(payload)));
      this.#observe?.(client, method, false, error);
      return;
    }
    this.#send(client, method, (clean) => encodeResponse(id, clean(result)));
    this.#observe?.(client, method, true, undefined);
  }

  #refuse(client: Client, id: string, method: string, error: ErrorShape): void {
    this.#send(client, method, (clean) => encodeError(id, clean(error)));
    this.#observe?.(client, method, false, error);
  }

  /** Sends a frame; one with a secret in it is encoded again without. */
  #send(client: Client, method: string, encode: (clean: <T>(part: T) => T) => string): void {
    const { redaction } = this.#guards;
    const frame = encode((part) => part);
    const isClean = redaction === undefined || SECRET_METHODS.has(method) || !redaction.isIn(frame);
    client.send(isClean ? frame : encode((part) => redaction.redactAnswer(part) as typeof part));
  }
}
