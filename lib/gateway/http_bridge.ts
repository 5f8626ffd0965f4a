/**
 * Hands the HTTP room what it serves: authentication, agents, readiness and runs.
 *
 * @module
 */
import type { Run, RunEvent } from "../agents/mod.ts";
import { AppError, errorMessage, type RedactionSet } from "../base/mod.ts";
import type { HttpAuthResult, HttpDeps, HttpRunEvent, HttpRunRequest, Peer } from "../http/mod.ts";
import { ModelError } from "../models/mod.ts";
import { errorFacts, hasScope, OPERATOR_SCOPES } from "../protocol/mod.ts";
import { resolveIdentity } from "./auth/peer.ts";
import { scopesHeader } from "./auth/trusted_proxy.ts";
import { resolveRunTarget } from "./run_target.ts";
import type { GatewayState } from "./state.ts";

const MEBIBYTE = 1024 * 1024;
const DEFAULT_MAX_BODY_BYTES = 20 * MEBIBYTE;

/** The dependencies of the HTTP room. */
export function createHttpDeps(state: GatewayState): HttpDeps {
  const endpoints = () => state.config().config.gateway?.http?.endpoints;
  return {
    now: () => state.clock.now(),
    authorize: (request, peer) => authorize(state, request, peer),
    readiness: () => ({
      ready: state.startup.pending.length === 0,
      failing: state.startup.pending,
      uptimeMs: state.clock.now() - state.startedAt,
      eventLoop: { ...state.eventLoop.figures() },
    }),
    isStarting: () => state.startup.pending.length > 0,
    agents: () => {
      const { agents, defaultId } = state.agents();
      return agents.map(({ id }) => ({ id, isDefault: id === defaultId }));
    },
    isEndpointEnabled: (name) => endpoints()?.[name]?.enabled ?? true,
    maxBodyBytes: (name) => endpoints()?.[name]?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    strictTransportSecurity: () => {
      const value = state.config().config.gateway?.http?.securityHeaders
        ?.strictTransportSecurity;
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    run: (request) => streamRun(state, request),
    reportError: (where, error) => state.log.error(`${where} failed: ${errorMessage(error)}`),
  };
}

/** Judges the bearer token, or the proxy's word; over HTTP no password stands in for a proxy. */
function authorize(state: GatewayState, { headers }: Request, peer: Peer): HttpAuthResult {
  const { authenticator } = state;
  const credential = /^Bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim();
  const { mode, proxy } = authenticator;
  const identity = { proxy, origins: state.origins(), allowsTailscale: false };
  const verdict = authenticator.check({
    token: credential,
    password: credential,
    address: peer.address,
    origin: headers.get("origin") ?? undefined,
    isLocalDirect: peer.isLocalDirect && mode !== "trusted-proxy",
    ...resolveIdentity(headers, peer, identity),
  });
  if (verdict.ok) return grantOf(verdict.method, scopesHeader(headers));
  return verdict.reason === "rate_limited"
    ? { ok: false, status: 429, retryAfterMs: verdict.retryAfterMs ?? 1000 }
    : { ok: false, status: 401, reason: verdict.reason ?? "required" };
}

/** Holders of the secret are owners; others may state less than all scopes. */
function grantOf(method: string, stated: readonly string[] | undefined): HttpAuthResult {
  if (method === "token" || method === "password") {
    return { ok: true, scopes: OPERATOR_SCOPES, isOwner: true };
  }
  const scopes = stated ?? OPERATOR_SCOPES;
  const isOwner = hasScope(scopes, "operator.admin");
  return { ok: true, scopes, isOwner, ...(method === "none" ? { isAnonymous: true } : {}) };
}

/** Starts a run and streams it; ends the run when the client goes away. */
async function* streamRun(
  state: GatewayState,
  request: HttpRunRequest,
): AsyncGenerator<HttpRunEvent> {
  const { redaction } = state.secrets;
  const events = new RunEventQueue(redaction);
  let run: Run;
  try {
    run = await startRun(state, request, events);
  } catch (error) {
    yield withoutSecrets(startErrorEvent(error, request), redaction);
    return;
  }
  const onGone = () => void run.abort("disconnect");
  request.signal.addEventListener("abort", onGone, { once: true });
  if (request.signal.aborted) onGone();
  try {
    yield* events;
  } finally {
    request.signal.removeEventListener("abort", onGone);
    // A dialect that stops reading before the end has lost its client.
    run.abort("disconnect");
  }
}

async function startRun(
  state: GatewayState,
  request: HttpRunRequest,
  events: RunEventQueue,
): Promise<Run> {
  const { agentId, sessionKey } = resolveRunTarget(state, {
    agentId: request.agentId,
    sessionKey: request.sessionKey,
  });
  return await state.runs.start({
    runId: request.runId,
    agentId,
    sessionKey,
    message: request.message,
    images: request.images,
    origin: { kind: "http" },
    ...(request.model === undefined ? {} : { model: request.model }),
    ...(request.extraSystemPrompt === undefined
      ? {}
      : { extraSystemPrompt: request.extraSystemPrompt }),
    ...(request.maxTokens === undefined ? {} : { maxTokens: request.maxTokens }),
    ...(request.sampling === undefined ? {} : { sampling: request.sampling }),
  }, (event) => events.take(event));
}

/** Buffers the events of a run for one reader. */
class RunEventQueue implements AsyncIterable<HttpRunEvent> {
  readonly #redaction: RedactionSet;
  readonly #waiting: HttpRunEvent[] = [];
  #wake: (() => void) | undefined;

  constructor(redaction: RedactionSet) {
    this.#redaction = redaction;
  }

  take(event: RunEvent): void {
    const translated = translate(event);
    if (!translated) return;
    this.#waiting.push(withoutSecrets(translated, this.#redaction));
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<HttpRunEvent> {
    while (true) {
      const event = this.#waiting.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        continue;
      }
      yield event;
      if (event.type === "end" || event.type === "error") return;
    }
  }
}

/** An event whose failure, if it is one, says nothing that must not leave the process. */
function withoutSecrets(event: HttpRunEvent, redaction: RedactionSet): HttpRunEvent {
  return event.type === "error" ? { ...event, message: redaction.redact(event.message) } : event;
}

function translate(event: RunEvent): HttpRunEvent | undefined {
  switch (event.type) {
    case "text":
    case "thinking":
      return event;
    case "end": {
      const { outcome } = event;
      if (outcome.error) return errorEvent(outcome.error);
      if (outcome.result.isAborted) return abortedEvent(outcome.stopReason);
      const { text, usage } = outcome.result;
      return {
        type: "end",
        text,
        stopReason: stopReason(outcome.stopReason),
        usage,
      };
    }
    default:
      return undefined;
  }
}

/** The end of a run that somebody else ended: what was streamed is not the whole answer. */
function abortedEvent(reason: string): HttpRunEvent {
  const isTimeout = reason === "timeout";
  return {
    type: "error",
    code: isTimeout ? "RUN_TIMEOUT" : "RUN_ABORTED",
    message: isTimeout ? "The run took longer than allowed" : `The run was aborted (${reason})`,
    status: isTimeout ? 504 : 503,
  };
}

function stopReason(reason: string): "stop" | "length" | "toolUse" | "aborted" {
  return reason === "stop" || reason === "length" || reason === "toolUse" ? reason : "aborted";
}

/** A run that was not accepted; a backend model that the client named wrongly is its own mistake. */
function startErrorEvent(thrown: unknown, { model }: HttpRunRequest): HttpRunEvent {
  const event = errorEvent(thrown);
  if (event.type !== "error" || !event.code.startsWith("MODEL_")) return event;
  return { ...event, status: model === undefined ? 500 : 400 };
}

/** A failure as HTTP clients see it: the provider's trouble is not the caller's fault. */
function errorEvent(thrown: unknown): HttpRunEvent {
  if (!(thrown instanceof AppError)) {
    return {
      type: "error",
      code: "INTERNAL",
      message: "internal error",
      status: 500,
    };
  }
  const retryAfterMs = thrown instanceof ModelError ? thrown.retryAfterMs : undefined;
  return {
    type: "error",
    code: thrown.code,
    message: thrown.message,
    status: errorFacts(thrown.code).http,
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
