/**
 * Runs for the HTTP room: its requests in the agents' words, their events and failures in its own.
 *
 * @module
 */
import type { Run, RunEvent, RunRequest } from "../../agents/mod.ts";
import { AppError, errorMessage, type RedactionSet } from "../../base/mod.ts";
import type { HttpClientTool, HttpRunEvent, HttpRunRequest } from "../../http/mod.ts";
import {
  ModelError,
  type ModelTool,
  THINKING_LEVELS,
  type ThinkingLevel,
} from "../../models/mod.ts";
import { errorFacts, isInsideFailure, publicFailure } from "../../protocol/mod.ts";
import { resolveRunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";

/** How long clients wait where a provider limits the rate and does not say for how long. */
const RATE_LIMIT_WAIT_MS = 10_000;

/** Starts a run and streams it; ends the run when the client goes away. */
export async function* streamRun(
  state: GatewayState,
  request: HttpRunRequest,
): AsyncGenerator<HttpRunEvent> {
  const { redaction } = state.secrets;
  const events = new RunEventQueue(redaction);
  let run: Run;
  try {
    run = await startRun(state, request, events);
  } catch (error) {
    if (!(error instanceof AppError) || isInsideFailure(error)) {
      state.log.error(`run ${request.runId} was not accepted: ${errorMessage(error)}`);
    }
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
    ...given(request, [
      "model",
      "extraSystemPrompt",
      "maxTokens",
      "sampling",
      "hints",
      "earlier",
      "toolResults",
      "responseFormat",
    ]),
    ...(request.thinking === undefined ? {} : { thinking: thinkingLevel(request.thinking) }),
    ...clientToolsOf(request),
  }, (event) => events.take(event));
}

/** The fields of a request that have a value. */
function given<Name extends keyof HttpRunRequest>(
  request: HttpRunRequest,
  names: readonly Name[],
): { [Each in Name]?: NonNullable<HttpRunRequest[Each]> } {
  const entries = names.map((name) => [name, request[name]])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

function thinkingLevel(wanted: string): ThinkingLevel {
  const level = THINKING_LEVELS.find((each) => each === wanted);
  if (level !== undefined) return level;
  throw new AppError("INVALID_REQUEST", `Unknown level of thinking "${wanted}"`, {
    hint: `Levels: ${THINKING_LEVELS.join(", ")}`,
  });
}

function clientToolsOf(request: HttpRunRequest): Pick<RunRequest, "clientTools"> {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  const isForced = toolChoice === "required" || typeof toolChoice === "object";
  if (tools.length === 0 && !isForced) return {};
  return {
    clientTools: {
      tools: tools.map(modelTool),
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    },
  };
}

function modelTool({ name, description = "", parameters, strict }: HttpClientTool): ModelTool {
  return {
    name,
    description,
    parameters: parameters ?? { type: "object", properties: {} },
    ...(strict === undefined ? {} : { strict }),
  };
}

/** Waiting events from which on a reader is behind, and pieces of text are joined. */
const BEHIND_EVENTS = 64;

/** Buffers the events of a run for one reader; a slow one gets fewer and longer pieces. */
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
    const last = this.#waiting.length < BEHIND_EVENTS ? undefined : this.#waiting.at(-1);
    if (last !== undefined && "delta" in last && isMoreOf(last, translated)) {
      const delta = last.delta + translated.delta;
      this.#waiting[this.#waiting.length - 1] = { ...last, delta };
      return;
    }
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

/** Whether a piece goes on with the one before it. */
function isMoreOf(
  last: HttpRunEvent & { delta: string },
  event: HttpRunEvent,
): event is HttpRunEvent & { delta: string } {
  if (last.type !== event.type) return false;
  return event.type !== "toolCallDelta" || (last as typeof event).id === event.id;
}

/** An event whose failure, if it is one, says nothing that must not leave the process. */
export function withoutSecrets<E extends HttpRunEvent>(event: E, redaction: RedactionSet): E {
  if (event.type !== "error") return event;
  const { message, hint } = event;
  return {
    ...event,
    message: redaction.redact(message),
    ...(hint === undefined ? {} : { hint: redaction.redact(hint) }),
  };
}

function translate(event: RunEvent): HttpRunEvent | undefined {
  switch (event.type) {
    case "text":
    case "thinking":
    case "toolCallDelta":
      return event;
    case "toolCall": {
      const { id, name, arguments: args, argumentsText } = event.call;
      const whole = { id, name, arguments: argumentsText ?? JSON.stringify(args) };
      return { type: "toolCall", ...whole, ...(event.isCut ? { isCut: true } : {}) };
    }
    case "end": {
      const { outcome } = event;
      if (outcome.error) return errorEvent(outcome.error);
      if (outcome.result.isAborted) return abortedEvent(outcome.stopReason);
      const { text, usage, stopSequence } = outcome.result;
      const seq = outcome.messages.at(-1)?.seq;
      const { sessionKey, sessionId } = outcome;
      return {
        type: "end",
        text,
        stopReason: stopReason(outcome.stopReason),
        usage,
        ...(stopSequence === undefined ? {} : { stopSequence }),
        ...(seq === undefined ? {} : { place: { sessionKey, sessionId, seq } }),
      };
    }
    default:
      return undefined;
  }
}

/**
 * The end of a run that somebody else ended: what was streamed is not the whole answer.
 *
 * Clients repeat by themselves what ended with a 5xx. That is right for a gateway that goes and comes
 * back; a run that somebody wanted to end must not begin anew.
 */
function abortedEvent(reason: string): HttpRunEvent {
  const isTimeout = reason === "timeout";
  const code = isTimeout ? "RUN_TIMEOUT" : "RUN_ABORTED";
  return {
    type: "error",
    code,
    message: isTimeout ? "The run took longer than allowed" : `The run was aborted (${reason})`,
    status: reason === "shutdown" ? 503 : errorFacts(code).http,
  };
}

function stopReason(reason: string): "stop" | "length" | "toolUse" | "aborted" {
  return reason === "stop" || reason === "length" || reason === "toolUse" ? reason : "aborted";
}

/** A run that was not accepted; a backend model that the client named wrongly is its own mistake. */
function startErrorEvent(thrown: unknown, { model }: HttpRunRequest): HttpRunEvent {
  const event = errorEvent(thrown);
  if (!event.code.startsWith("MODEL_")) return event;
  return { ...event, status: model === undefined ? 500 : 400 };
}

/** A failure as HTTP clients see it: the provider's trouble is not the caller's fault. */
export function errorEvent(thrown: unknown): HttpRunEvent & { type: "error" } {
  if (!(thrown instanceof AppError)) {
    return {
      type: "error",
      code: "INTERNAL",
      message: "internal error",
      status: 500,
    };
  }
  const retryAfterMs = thrown instanceof ModelError ? retryAfter(thrown) : undefined;
  const { message, hint } = publicFailure(thrown);
  return {
    type: "error",
    code: thrown.code,
    message,
    status: errorFacts(thrown.code).http,
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** When to try again; clients of a limited provider need to be told something. */
function retryAfter({ kind, retryAfterMs }: ModelError): number | undefined {
  return retryAfterMs ?? (kind === "rate_limit" ? RATE_LIMIT_WAIT_MS : undefined);
}
