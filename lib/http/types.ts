/**
 * What the HTTP room is handed by the gateway. It composes nothing itself.
 *
 * @module
 */

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
    /** Nothing was checked, since the gateway runs without authentication. */
    isAnonymous?: boolean;
  }
  | { ok: false; status: 401; reason: string }
  | { ok: false; status: 429; retryAfterMs: number };

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

/** One run asked for over HTTP, already translated from its dialect. */
export interface HttpRunRequest {
  runId: string;
  agentId: string;
  sessionKey: string;
  message: string;
  images: { data: string; mimeType: string }[];
  extraSystemPrompt?: string;
  /** Channel the run pretends to come from; `webchat` when the client named none. */
  messageChannel?: string;
  /** Backend model for this run only, `provider/model` or a bare id. */
  model?: string;
  maxTokens?: number;
  sampling?: { temperature?: number; topP?: number; stop?: string[]; seed?: number };
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** What a run streams to a dialect; exactly one `end` or `error` comes, last. */
export type HttpRunEvent =
  | { type: "text"; delta: string }
  | { type: "thinking"; delta: string }
  | { type: "toolCall"; id: string; name: string; arguments: string }
  | {
    type: "end";
    /** Complete reply text. */
    text: string;
    stopReason: "stop" | "length" | "toolUse" | "aborted";
    usage: { input: number; output: number; cacheRead: number; cacheWrite: number };
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

/** Everything the HTTP room needs from the rest. */
export interface HttpDeps {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Checks `Authorization`, Host, Origin and the limiter. */
  authorize(request: Request, peer: Peer): HttpAuthResult;
  readiness(): Readiness;
  /** Whether the gateway cannot serve yet what needs a credential. */
  isStarting(): boolean;
  /** All agents, the default one marked. */
  agents(): HttpAgent[];
  /** Whether an OpenAI-compatible endpoint is switched on. */
  isEndpointEnabled(name: "chatCompletions" | "responses"): boolean;
  maxBodyBytes(name: "chatCompletions" | "responses"): number;
  /** Value of `Strict-Transport-Security`, when configured. */
  strictTransportSecurity(): string | undefined;
  /**
   * Starts a run.
   *
   * @returns Events of the run. Problems that are known before it starts (unknown agent, model not
   * allowed) come as the first event, of type `error`.
   */
  run(request: HttpRunRequest): AsyncIterable<HttpRunEvent>;
  /** Reports an unexpected failure; the client only sees a generic message. */
  reportError(where: string, error: unknown): void;
}
