/**
 * Models behind the wire format `openai-completions`.
 *
 * Owns credentials, retries and the telling of failures; one attempt is an `Exchange`.
 *
 * @module
 */
import { delay, type Env, RedactionSet } from "../base/mod.ts";
import { resolveSecret } from "./credential.ts";
import { type CallContext, missingAddress, missingKey, toModelError } from "./errors.ts";
import { type ConnectorCall, type ModelConnector } from "./openai_connector.ts";
import { Exchange } from "./openai_exchange.ts";
import { buildCompletionBody } from "./openai_request.ts";
import { hostOf, type ModelTarget, type Provider } from "./providers.ts";
import { formatModelRef } from "./ref.ts";
import type { Model, ModelError, ModelEvent, ModelInfo, ModelRequest } from "./types.ts";

/** Silence of a provider after which a call is given up. */
export const DEFAULT_IDLE_TIMEOUT_MS = 120_000;

/** Waits before the second, third and fourth attempt. */
export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [2000, 4000, 8000];

/** The longest wait a provider can ask for; more, and the call fails at once. */
export const MAX_RETRY_AFTER_MS = 30_000;

/** How calls are made. */
export interface CallOptions {
  /** Longest silence of a provider, in milliseconds; wins over `timeoutSeconds`. */
  readonly idleTimeoutMs?: number;
  /** Waits before each further attempt, in milliseconds. */
  readonly retryDelaysMs?: readonly number[];
  /** How to wait; replaced in tests. */
  readonly sleep?: typeof delay;
}

/** What a model needs of its provider. */
export interface ProviderAccess extends CallOptions {
  readonly provider: Provider;
  readonly env: Env;
  readonly connector: ModelConnector;
}

/** A model of an OpenAI-compatible provider. */
export class OpenAiCompletionsModel implements Model {
  readonly info: ModelInfo;
  readonly #target: ModelTarget;
  readonly #access: ProviderAccess;

  constructor(target: ModelTarget, access: ProviderAccess) {
    this.info = target.info;
    this.#target = target;
    this.#access = access;
  }

  /** Starts one call; see {@linkcode Model.stream}. */
  async *stream(request: ModelRequest): AsyncGenerator<ModelEvent, void, void> {
    const { connector, sleep = delay, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#access;
    const { call, context } = this.#prepare(request);
    for (let attempt = 1;; attempt++) {
      const { shownTools } = request;
      const exchange = new Exchange({ connector, call, idleTimeoutMs, shownTools });
      let waitMs: number | undefined;
      try {
        yield* exchange.run(request.signal);
        return;
      } catch (thrown) {
        request.signal.throwIfAborted();
        const error = toModelError(thrown, context);
        waitMs = exchange.hasSpoken ? undefined : this.#waitBefore(attempt, error);
        if (waitMs === undefined) throw error;
      }
      await sleep(waitMs, request.signal);
    }
  }

  /** How long to wait after the given attempt, or `undefined` to give up. */
  #waitBefore(attempt: number, error: ModelError): number | undefined {
    const isTransient = error.kind === "rate_limit" ||
      error.kind === "overloaded" ||
      error.kind === "unreachable";
    const waitMs = (this.#access.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS)[attempt - 1];
    if (!isTransient || !error.retryable || waitMs === undefined) {
      return undefined;
    }
    if (error.retryAfterMs === undefined) return waitMs;
    return error.retryAfterMs <= MAX_RETRY_AFTER_MS ? error.retryAfterMs : undefined;
  }

  #prepare(request: ModelRequest): { call: Omit<ConnectorCall, "signal">; context: CallContext } {
    const { provider, env } = this.#access;
    const secrets = new RedactionSet();
    const context: CallContext = {
      ref: formatModelRef(this.info),
      provider: provider.id,
      host: hostOf(this.#target.baseUrl),
      redact: (text) => secrets.redact(text),
    };
    if (this.#target.baseUrl === "") throw missingAddress(context);
    const { credential } = provider;
    if (credential.kind === "unresolved") {
      throw missingKey(context, credential.what);
    }
    const apiKey = credential.kind === "value" ? credential.value : undefined;
    if (apiKey === undefined && provider.needsKey) {
      throw missingKey(context, "no API key is set");
    }
    secrets.add(apiKey);
    const headers: Record<string, string> = {};
    for (const [name, setting] of Object.entries(this.#target.headers)) {
      const value = resolveSecret(setting, env);
      if (value.kind === "unresolved") {
        throw missingKey(context, `header "${name}": ${value.what}`);
      }
      if (value.kind === "none") continue;
      secrets.add(value.value);
      headers[name] = value.value;
    }
    const body = buildCompletionBody(this.#target, request);
    return { call: { baseUrl: this.#target.baseUrl, apiKey, headers, body }, context };
  }
}
