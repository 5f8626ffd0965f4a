/**
 * What the HTTP room is handed by the gateway. It composes nothing itself.
 *
 * @module
 */
import type { HttpPlace, HttpResponseLimits, HttpResponseStore } from "./response_types.ts";
import type { HttpTraffic } from "./traffic.ts";

import type { HttpMedia } from "./media/types.ts";
import type { HttpSessions } from "./sessions/types.ts";
import type { HttpTools } from "./tools_invoke/types.ts";
import type { HttpHooks } from "./hooks/types.ts";

/** Who is asking, as far as the listener knows. */
export interface Peer {
  /** Address of the client: a trusted proxy's word, else the TCP peer; in its canonical form. */
  address: string;
  /** Address of the TCP peer, in its canonical form. */
  socketAddress: string;
  /** Without any forwarding header. */
  isDirect: boolean;
  /** Direct, from loopback, and to a name of loopback. */
  isLocalDirect: boolean;
}

/** The verdict on a request's credential. */
export type HttpAuthResult =
  | {
    ok: true;
    scopes: readonly string[];
    isOwner: boolean;
    /** Who that is, stable over requests; holders of the gateway's secret are one. */
    subject: string;
    /** Nothing was checked, since the gateway runs without authentication. */
    isAnonymous?: boolean;
  }
  | { ok: false; status: 401; reason: string }
  /** A page of a foreign origin asked, where nothing but the place it asks from opens the gateway. */
  | { ok: false; status: 403; origin: string }
  | { ok: false; status: 429; retryAfterMs: number };

/** How a credential may be shown. */
export interface HttpAuthOptions {
  /** Whether `x-api-key` counts where there is no bearer credential, as in Anthropic's dialect. */
  takesApiKey?: boolean;
}

/** An endpoint with a switch and a body limit of its own in the configuration. */
export type HttpEndpoint = "chatCompletions" | "responses" | "messages";

/** What `/readyz` reports to those who may see it. */
export interface Readiness {
  ready: boolean;
  failing: string[];
  uptimeMs: number;
  eventLoop?: Record<string, unknown>;
}

/** An agent as the model list shows it. */
export interface HttpAgent {
  id: string;
  isDefault: boolean;
}

/** A function of the client's own that the model may call; the client carries it out. */
export interface HttpClientTool {
  name: string;
  description?: string;
  /** JSON Schema of the arguments; an object schema without properties when absent. */
  parameters?: Record<string, unknown>;
  /** Whether the provider shall hold the model to `parameters`. */
  strict?: boolean;
}

/** Whether the model may, must or must not call a function, or which one it must call. */
export type HttpToolChoice = "auto" | "none" | "required" | { name: string };

/** The shape the reply's text shall have. */
export type HttpResponseFormat =
  | { type: "text" }
  | { type: "json_object" }
  | {
    type: "json_schema";
    name: string;
    description?: string;
    schema: Record<string, unknown>;
    strict?: boolean;
  };

/** A call of a client's function. */
export interface HttpToolCall {
  /** As the gateway gave it to the client. */
  id: string;
  name: string;
  /** JSON text as the client sent it. */
  arguments: string;
}

/** What a client's function answered. */
export interface HttpToolResult {
  /** Id of the call it answers. */
  id: string;
  text: string;
  isError?: boolean;
}

/** A message that the client says was exchanged before the current one. */
export type HttpEarlierMessage =
  | { role: "user"; text: string }
  | { role: "assistant"; text: string; toolCalls?: HttpToolCall[] }
  | ({ role: "tool" } & HttpToolResult);

/** How the reply is sampled; forwarded where the provider takes it. */
export interface HttpSampling {
  temperature?: number;
  topP?: number;
  topK?: number;
  stop?: string[];
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
}

/** What a client tells the provider beside the question; forwarded where the provider takes it. */
export interface HttpHints {
  serviceTier?: string;
  verbosity?: string;
  promptCacheKey?: string;
  safetyIdentifier?: string;
  /** Whether the provider shall keep the answer on its side, and what stands with it there. */
  store?: boolean;
  metadata?: Record<string, string>;
}

/** One run asked for over HTTP, already translated from its dialect. */
export interface HttpRunRequest {
  runId: string;
  agentId: string;
  sessionKey: string;
  /**
   * The current message. A turn that only brings tool results has the lines `Tool:<call id>: …` here,
   * which is what people read in the transcript; the model gets `toolResults`.
   */
  message: string;
  images: { data: string; mimeType: string }[];
  /** What the client says was exchanged before, oldest first, without what `message` says. */
  earlier?: HttpEarlierMessage[];
  /** Answers to calls the model made before; they come before `message`. */
  toolResults?: HttpToolResult[];
  extraSystemPrompt?: string;
  /** Channel the run pretends to come from; `webchat` when the client named none. */
  messageChannel?: string;
  /** Backend model for this run only, `provider/model` or a bare id. */
  model?: string;
  maxTokens?: number;
  sampling?: HttpSampling;
  hints?: HttpHints;
  /** Offered to the model next to the agent's own tools; a call of one ends the run. */
  tools?: HttpClientTool[];
  /** `auto` when absent. Only the client's tools are meant. */
  toolChoice?: HttpToolChoice;
  /** `false`: at most one call in a reply. */
  parallelToolCalls?: boolean;
  responseFormat?: HttpResponseFormat;
  /** How long the model may think, one of the levels of `thinking`. */
  thinking?: string;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** Token counts of a run; `input` excludes what was read from a cache. */
export interface HttpUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** The part of `output` that was thinking, where the provider tells. */
  reasoning?: number;
}

/** What a run streams to a dialect; exactly one `end` or `error` comes, last. */
export type HttpRunEvent =
  | { type: "text"; delta: string }
  | { type: "thinking"; delta: string }
  /**
   * A piece of the arguments of a client tool's call, as the provider wrote it; empty to begin with,
   * maybe. Pieces of one call follow each other: where another call begins, the one before is whole.
   * Without a `toolCall` behind it nothing of a call counts.
   */
  | { type: "toolCallDelta"; id: string; name: string; delta: string }
  /**
   * A call of a client tool, also of one that came in pieces, which its arguments begin with; the run
   * ends with stop reason `toolUse` after the last of them.
   */
  | {
    type: "toolCall";
    id: string;
    name: string;
    arguments: string;
    /** The length ran out in the middle of it. */
    isCut?: boolean;
  }
  | {
    type: "end";
    /** Complete reply text. */
    text: string;
    stopReason: "stop" | "length" | "toolUse" | "aborted";
    usage: HttpUsage;
    /** Which of the texts of `sampling.stop` ended it, where the provider tells. */
    stopSequence?: string;
    /** Where the conversation stands now. */
    place?: HttpPlace;
  }
  | {
    type: "error";
    code: string;
    message: string;
    hint?: string;
    /** HTTP status to answer with when nothing was sent yet. */
    status: number;
    retryAfterMs?: number;
  };

/** The bounds of the images of a chat request. */
export interface HttpChatImageLimits {
  /** Whether they may be named by address. */
  allowUrl: boolean;
  allowedMimes: readonly string[];
  maxParts: number;
  /** One image, decoded. */
  maxBytes: number;
  /** All images, decoded. */
  maxTotalBytes: number;
  maxRedirects: number;
  timeoutMs: number;
}

/** The bounds of fetching one address. */
export interface HttpFetchLimits {
  maxBytes: number;
  /** For everything together, redirects included. */
  timeoutMs: number;
  maxRedirects: number;
  /** Value of `Accept`; any type when absent. */
  accept?: string;
  /** A narrower choice of host names; asked for redirects too. */
  isAllowedHost?: (name: string) => boolean;
  signal?: AbortSignal;
}

/** What was fetched. */
export interface HttpFetchedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** As the server claims, lower case, without parameters. */
  mimeType?: string;
  /** Of a text, as the server claims. */
  charset?: string;
  /** Where it came from in the end. */
  url: string;
}

/** How much of a PDF file is read. */
export interface HttpPdfBounds {
  /** Pages from the first on. */
  maxPages: number;
  /** Text in UTF-16 units. */
  maxChars: number;
}

/** The text of a PDF file, or why there is none. */
export type HttpPdfOutcome =
  | {
    ok: true;
    text: string;
    /** Pages of the file, read or not. */
    pageCount: number;
    /** Pages that `text` is of. */
    pagesRead: number;
    /** Whether `text` was cut. */
    isCut: boolean;
    /** Whether the file holds pictures, of which `text` says nothing. */
    hasPictures: boolean;
  }
  | {
    ok: false;
    /** `slow` and `large` exhaust the bounds of time and memory; `busy` says nothing of the file. */
    reason: "encrypted" | "broken" | "slow" | "large" | "busy";
  };

/** Texts to make embeddings of. */
export interface HttpEmbedRequest {
  agentId: string;
  /** As many as the caller checked, in the order of the answer; never empty. */
  input: readonly string[];
  /** What `x-openclaw-model` says, unparsed. */
  model?: string;
  /** Asked for; forwarded where the backend takes it. */
  dimensions?: number;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** Embeddings, or why there are none. */
export type HttpEmbedResult =
  | {
    type: "vectors";
    /** One per text, of finite numbers. */
    vectors: readonly (readonly number[])[];
    /** `provider/model` of the backend. */
    backend: string;
    /** As the backend counted them; absent when it did not. */
    promptTokens?: number;
  }
  | (HttpRunEvent & { type: "error" });

/** A request that has its whole answer. */
export interface AnsweredRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** The route's own path, or `other`: of a bounded number of values. */
  readonly route: string;
  readonly status: number;
  /** Size of the answer's body; 0 unless the observer counts it. */
  readonly bytes: number;
  /** `false` when the client went away before the end. */
  readonly isComplete: boolean;
  /** From arrival to the end of the answer. */
  readonly durationMs: number;
  readonly requestId: string;
  /** Address of the client. */
  readonly address: string;
}

/** Is told of every answered request. */
export interface RequestObserver {
  /** Whether the size of answers must be known, which costs a copy of each. */
  readonly countsBytes: boolean;
  answered(request: AnsweredRequest): void;
}

/** An endpoint with a switch. */
export type SwitchedEndpoint = HttpEndpoint | "metrics";

/** Everything the HTTP room needs from the rest. */
export interface HttpDeps {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that no change of the clock moves. */
  monotonic(): number;
  /** Requests under way. */
  readonly traffic: HttpTraffic;
  /** Who is told of answers, if anybody is. */
  observer(): RequestObserver | undefined;
  /** Whether the name in `Host` may be this gateway's; otherwise a foreign page made it so. */
  isHostAllowed(request: Request, peer: Peer): boolean;
  /** Origins whose pages may read answers, in lower case; `*` for all. */
  corsOrigins(): readonly string[];
  /** The figures of `/metrics`, in the text format of Prometheus. */
  metrics(): string;
  /** Checks the credential, the limiter, and whether a page may use the place it asks from. */
  authorize(request: Request, peer: Peer, options?: HttpAuthOptions): HttpAuthResult;
  /** Counts the changes of the credentials that `authorize` judges by. */
  credentialGeneration(): number;
  readiness(): Readiness;
  /** Whether the gateway cannot serve yet what needs a credential. */
  isStarting(): boolean;
  /** All agents, the default one marked. */
  agents(): HttpAgent[];
  /** Whether an endpoint is switched on. */
  isEndpointEnabled(name: SwitchedEndpoint): boolean;
  maxBodyBytes(name: HttpEndpoint): number;
  /** What is configured for the images of a chat request; defaults are this room's. */
  chatImageLimits(): Partial<HttpChatImageLimits>;
  responseLimits(): HttpResponseLimits;
  readonly responses: HttpResponseStore;
  /** Whether clients speak TLS with this gateway itself. */
  isTls(): boolean;
  /** Value of `Strict-Transport-Security`, when configured. */
  strictTransportSecurity(): string | undefined;
  /**
   * Starts a run.
   *
   * @returns Events of the run. Problems that are known before it starts (unknown agent, model not
   * allowed) come as the first event, of type `error`.
   */
  run(request: HttpRunRequest): AsyncIterable<HttpRunEvent>;
  /**
   * Fetches what a client names by its address: from the public internet only, redirects included.
   *
   * @throws {AppError} `FETCH_FAILED`, or the reason of `limits.signal`.
   */
  fetchFile(url: string, limits: HttpFetchLimits): Promise<HttpFetchedFile>;
  /** Reads the text of a PDF file, out of this process; throws the reason of `signal`. */
  readPdf(
    bytes: Uint8Array<ArrayBuffer>,
    bounds: HttpPdfBounds,
    signal: AbortSignal,
  ): Promise<HttpPdfOutcome>;
  /** What can be called outside of a run. */
  readonly tools: HttpTools;
  readonly sessions: HttpSessions;
  readonly media: HttpMedia;
  /** The webhooks; `undefined` when they are off. */
  hooks(): HttpHooks | undefined;
  /** Makes embeddings; what goes wrong is part of the answer. */
  embed(request: HttpEmbedRequest): Promise<HttpEmbedResult>;
  /** Reports an unexpected failure; the client only sees a generic message. */
  reportError(where: string, error: unknown): void;
}
