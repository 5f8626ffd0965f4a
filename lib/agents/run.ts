/**
 * One run: the state of a message on its way to an answer, and those who follow it.
 *
 * @module
 */
import type { AppError } from "../base/mod.ts";
import type { ModelRequest, ModelUsage, ThinkingLevel } from "../models/mod.ts";
import type { RunStatus, SessionEntry, StoredMessage, UserMessage } from "../sessions/mod.ts";
import type { ClientTools } from "./client_tools.ts";
import type { AgentsSnapshot } from "./snapshot.ts";
import type { TurnEvent } from "./turn.ts";

/** Who asked for a run; decides who may abort it. */
export interface RunOrigin {
  /** How it came in. */
  kind: "agent" | "chat" | "http" | "cron" | "heartbeat" | "hook";
  /** Connection that started it, when it came over a WebSocket. */
  connId?: string;
  /** Device that started it, when it proved one. */
  deviceId?: string;
}

/** A message to be answered. */
export interface RunRequest {
  /** The client's idempotency key; also names the run. */
  runId: string;
  /** Canonical session key. */
  sessionKey: string;
  agentId: string;
  message: string;
  images?: { data: string; mimeType: string }[];
  /** What the client says was exchanged before; what the session holds of it does not count twice. */
  earlier?: UserMessage["earlier"];
  /** Answers to calls of the client's own tools; they come before `message`. */
  toolResults?: UserMessage["toolResults"];
  /** The client's own tools. */
  clientTools?: ClientTools;
  responseFormat?: ModelRequest["responseFormat"];
  origin: RunOrigin;
  /** Model for this run only, `provider/model`, alias or bare id. */
  model?: string;
  extraSystemPrompt?: string;
  maxTokens?: number;
  /** How long the model may think; the provider's own way when absent. */
  thinking?: ThinkingLevel;
  sampling?: ModelRequest["sampling"];
  hints?: ModelRequest["hints"];
  /** Upper bound in milliseconds; the configured one when absent. */
  timeoutMs?: number;
  /** Models to try when `model` fails before it said anything; it is strict without. */
  fallbacks?: readonly string[];
  /** Names of the workspace files that go into the prompt; the usual ones when absent. */
  contextFiles?: readonly string[];
}

/** Why a run was ended from outside: `rpc` by a client, the rest by the gateway. */
export type AbortReason = "rpc" | "stop" | "timeout" | "disconnect" | "shutdown";

/** What is kept of an ended run, for repeats of the same request. */
export interface RunResult {
  /** Everything the assistant said, also when the run failed later. */
  text: string;
  provider: string;
  model: string;
  /** The model's context window in tokens. */
  contextTokens: number;
  /** Tokens of the last call's input: how full the context is. */
  promptTokens: number;
  /** The text of the request's `stop` that ended it, where the provider tells. */
  stopSequence?: string;
  isAborted: boolean;
  usage: ModelUsage;
  /** Code of the failure, when there was one. */
  errorCode?: string;
}

/** How a run ended. */
export interface RunOutcome {
  runId: string;
  sessionKey: string;
  sessionId: string;
  agentId: string;
  status: RunStatus;
  stopReason: string;
  result: RunResult;
  error?: AppError;
  acceptedAt: number;
  startedAt: number;
  endedAt: number;
  /** What was added to the transcript, without the user's message. */
  messages: StoredMessage[];
}

/** What those who follow a run are told. */
export type RunEvent =
  | { type: "accepted"; session: SessionEntry; created: boolean; message: StoredMessage }
  | { type: "start"; startedAt: number }
  | TurnEvent
  | { type: "end"; outcome: RunOutcome };

/** Receives the events of a run, in order, synchronously. */
export type RunListener = (event: RunEvent, run: Run) => void;

/** A run under way. */
export class Run {
  readonly request: RunRequest;
  /** The configuration this run began with and finishes on. */
  readonly snapshot: AgentsSnapshot;
  readonly acceptedAt: number;
  /** Resolves when the run has ended and its end is stored, or was not accepted; never rejects. */
  readonly done: Promise<RunOutcome>;
  /** `ending` while its end is being stored: what became of it is settled then. */
  state: "accepting" | "waiting" | "running" | "ending" | "ended" = "accepting";
  startedAt: number;
  /** What was said so far. */
  text = "";
  session: SessionEntry | undefined;
  /** The user's message as stored, once it is. */
  userMessage: UserMessage | undefined;
  userMessageId = "";
  /** Place of the user's message in its transcript. */
  userMessageSeq = 0;
  abortReason: AbortReason | undefined;
  readonly #controller = new AbortController();
  readonly #listeners = new Set<RunListener>();
  readonly #resolve: (outcome: RunOutcome) => void;
  readonly #onFollowerError: (error: unknown) => void;
  /** Set by the manager while the run waits in line: ends it without waiting for its turn. */
  onAbortWhileWaiting: (() => void) | undefined;

  /** @param onFollowerError Is told what a follower threw; neither the run nor others notice it. */
  constructor(
    request: RunRequest,
    snapshot: AgentsSnapshot,
    now: number,
    onFollowerError: (error: unknown) => void,
  ) {
    this.request = request;
    this.snapshot = snapshot;
    this.#onFollowerError = onFollowerError;
    this.acceptedAt = now;
    this.startedAt = now;
    const { promise, resolve } = Promise.withResolvers<RunOutcome>();
    this.done = promise;
    this.#resolve = resolve;
  }

  get runId(): string {
    return this.request.runId;
  }

  get sessionKey(): string {
    return this.request.sessionKey;
  }

  /** Whether its outcome stands, stored or about to be. */
  get isSettled(): boolean {
    return this.state === "ending" || this.state === "ended";
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Follows the run; the returned function stops following. */
  follow(listener: RunListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the run early; the first reason counts. Answers whether this call was the one. */
  abort(reason: AbortReason): boolean {
    if (this.isSettled || this.abortReason !== undefined) return false;
    this.abortReason = reason;
    this.#controller.abort(new DOMException(`Run aborted (${reason})`, "AbortError"));
    if (this.state === "waiting") this.onAbortWhileWaiting?.();
    return true;
  }

  /** Tells all followers. */
  emit(event: RunEvent): void {
    if (event.type === "text") this.text += event.delta;
    for (const listener of this.#listeners) {
      try {
        listener(event, this);
      } catch (error) {
        this.#onFollowerError(error);
      }
    }
  }

  /** Marks the run as ended and tells all followers. */
  end(outcome: RunOutcome): void {
    this.state = "ended";
    this.emit({ type: "end", outcome });
    this.#close(outcome);
  }

  /** Marks a run as over that was not accepted; its followers have not heard of it. */
  refuse(outcome: RunOutcome): void {
    this.state = "ended";
    this.#close(outcome);
  }

  #close(outcome: RunOutcome): void {
    this.#listeners.clear();
    this.#resolve(outcome);
  }
}
