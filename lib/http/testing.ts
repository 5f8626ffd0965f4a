/**
 * A fake gateway for the tests of this room.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import { FakeResponses, TEST_LIMITS } from "./_fake_responses.ts";
import { createHttpHandler } from "./router.ts";
import { HttpTraffic } from "./traffic.ts";
import type {
  HttpAuthOptions,
  HttpAuthResult,
  HttpDeps,
  HttpEmbedRequest,
  HttpEmbedResult,
  HttpRunEvent,
  HttpRunRequest,
  Peer,
  Readiness,
} from "./types.ts";

/** The credential the fake gateway accepts. */
export const TEST_TOKEN = "test-token";

/** Usage that every scripted run reports. */
export const TEST_USAGE = { input: 7, output: 3, cacheRead: 5, cacheWrite: 0 };

/** A peer on another machine. */
export const REMOTE_PEER: Peer = {
  address: "192.0.2.7",
  socketAddress: "192.0.2.7",
  isDirect: true,
  isLocalDirect: false,
};

/** A peer on this machine. */
export const LOCAL_PEER: Peer = {
  address: "127.0.0.1",
  socketAddress: "127.0.0.1",
  isDirect: true,
  isLocalDirect: true,
};

/** The last event of a run that went well. */
export function endEvent(
  text: string,
  stopReason: "stop" | "length" | "toolUse" | "aborted" = "stop",
): HttpRunEvent {
  return { type: "end", text, stopReason, usage: TEST_USAGE };
}

/** What a run does; the default says "Hello" in two pieces. */
export type RunScript = (request: HttpRunRequest) => AsyncIterable<HttpRunEvent>;

/** The run of a gateway that was told nothing else. */
export async function* helloRun(_request: HttpRunRequest): AsyncIterable<HttpRunEvent> {
  yield { type: "text", delta: "Hel" };
  yield { type: "text", delta: "lo" };
  yield endEvent("Hello");
}

/** An embedding that tells which text it is of: its length, then its place. */
function embedLengths({ input, dimensions = 2 }: HttpEmbedRequest): HttpEmbedResult {
  const vectors = input.map((text, index) =>
    [text.length, index, ...Array<number>(dimensions).fill(0)].slice(0, dimensions)
  );
  return { type: "vectors", vectors, backend: "fake/lengths", promptTokens: input.length };
}

/** A run that says `first` and then nothing until its client is gone. */
export function waitingRun(first: HttpRunEvent[], onEnd: (reason: unknown) => void): RunScript {
  return async function* (request) {
    try {
      yield* first;
      await aborted(request.signal);
      throw request.signal.reason;
    } finally {
      onEnd(request.signal.reason);
    }
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Fails a test that reaches what it gave no script for. */
function notScripted(name: string): never {
  throw new Error(`This test has no ${name}`);
}

/** A handler over a fake gateway, and what the gateway saw. */
export class FakeGateway {
  readonly runs: HttpRunRequest[] = [];
  readonly embeds: HttpEmbedRequest[] = [];
  readonly errors: { where: string; error: unknown }[] = [];
  readonly handle: (request: Request, peer: Peer) => Promise<Response>;
  readonly responses = new FakeResponses();
  readonly traffic = new HttpTraffic();
  authorizations = 0;
  /** Overrides of single dependencies. */
  readonly overrides: Partial<HttpDeps>;

  constructor(run: RunScript = helloRun, overrides: Partial<HttpDeps> = {}) {
    this.overrides = overrides;
    this.handle = createHttpHandler(this.deps(run));
  }

  /** Sends a request from another machine. */
  send(path: string, init: RequestInit = {}, peer = REMOTE_PEER): Promise<Response> {
    return this.handle(new Request(`http://gateway.test${path}`, init), peer);
  }

  /** Sends a chat request with the right credential. */
  chat(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.post("/v1/chat/completions", body, headers);
  }

  /** Sends a JSON body with the right credential. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Asks for a response with the right credential. */
  respond(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send("/v1/responses", {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Asks for something below responses, with the right credential. */
  below(path: string, method = "GET"): Promise<Response> {
    const headers = { authorization: `Bearer ${TEST_TOKEN}` };
    return this.send(`/v1/responses/${path}`, { method, headers });
  }

  /** What the handler is given. */
  deps(run: RunScript): HttpDeps {
    return {
      now: () => 1_700_000_000_123,
      authorize: (request, _peer, options) => this.#authorize(request, options),
      credentialGeneration: () => 0,
      monotonic: () => 0,
      traffic: this.traffic,
      observer: () => undefined,
      isHostAllowed: () => true,
      corsOrigins: () => [],
      metrics: () => "# nothing\n",
      readiness: (): Readiness => ({ ready: true, failing: [], uptimeMs: 12 }),
      agents: () => [{ id: "helper", isDefault: false }, { id: "main", isDefault: true }],
      isEndpointEnabled: () => true,
      isStarting: () => false,
      maxBodyBytes: () => 1024 * 1024,
      chatImageLimits: () => ({}),
      responseLimits: () => TEST_LIMITS,
      responses: this.responses,
      isTls: () => false,
      strictTransportSecurity: () => undefined,
      hooks: () => undefined,
      run: (request) => {
        this.runs.push(request);
        return run(request);
      },
      fetchFile: (url) => Promise.reject(new AppError("FETCH_FAILED", `Nothing is at ${url}`)),
      readPdf: () => notScripted("reader of PDF files"),
      tools: { invoke: () => notScripted("tools") },
      sessions: {
        canonicalKey: () => notScripted("sessions"),
        end: () => notScripted("sessions"),
        history: () => notScripted("sessions"),
        after: () => notScripted("sessions"),
        watch: () => notScripted("sessions"),
        controls: () => notScripted("sessions"),
        kill: () => notScripted("sessions"),
      },
      media: {
        picture: () => notScripted("media"),
        inspect: () => notScripted("media"),
        open: () => notScripted("media"),
        issueTicket: () => notScripted("media"),
        isTicketValid: () => notScripted("media"),
      },
      embed: (asked) => {
        this.embeds.push(asked);
        return Promise.resolve(embedLengths(asked));
      },
      reportError: (where, error) => void this.errors.push({ where, error }),
      ...this.overrides,
    };
  }

  #authorize({ headers }: Request, options: HttpAuthOptions = {}): HttpAuthResult {
    this.authorizations++;
    const apiKey = options.takesApiKey ? headers.get("x-api-key") : null;
    return (headers.get("authorization") ?? `Bearer ${apiKey}`) === `Bearer ${TEST_TOKEN}`
      ? { ok: true, scopes: ["operator.admin"], isOwner: true, subject: "secret" }
      : { ok: false, status: 401, reason: "token_mismatch" };
  }
}
