/**
 * A model provider that answers as its test says, piece by piece, over real HTTP in the OpenAI chat
 * dialect.
 *
 * @module
 */
import type { ProviderCall } from "./provider.ts";

/** One piece of an answer. */
export type Piece =
  | { text: string }
  | { thinking: string }
  | { call: { id: string; name: string; arguments: string } }
  /** More arguments of the call before. */
  | { more: string }
  /** More arguments of the call at a place. */
  | { moreOf: { index: number; text: string } }
  /** Waits, then goes on. */
  | { until: Promise<void> }
  /** Ends the answer for this reason, and says by which text where there is one. */
  | { finish: "stop" | "length" | "tool_calls"; matched?: string }
  /** Ends the connection. */
  | { cut: true }
  /** Holds the answer back until the client is gone. */
  | { hold: true }
  /** Answers with this status instead; only as the first piece. */
  | { status: number };

/** What the provider says to a call. */
export type Script = (call: ProviderCall["body"]) => Piece[];

/** A provider on a free port of 127.0.0.1. */
export class ScriptedProvider implements AsyncDisposable {
  readonly calls: ProviderCall["body"][] = [];
  script: Script;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abandoned = Promise.withResolvers<void>();

  constructor(script: Script) {
    this.script = script;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const body = await request.json();
        this.calls.push(body);
        return this.#answer(this.script(body));
      },
    );
  }

  /** Resolves when an answer lost its client before its end. */
  get abandonment(): Promise<void> {
    return this.#abandoned.promise;
  }

  /** `agents` and `models` of a configuration that uses this provider. */
  get config(): Record<string, unknown> {
    return {
      agents: { defaults: { model: "scripted/one", skipBootstrap: true } },
      models: {
        mode: "replace",
        providers: {
          scripted: {
            baseUrl: `http://127.0.0.1:${this.#server.addr.port}/v1`,
            apiKey: "provider-key-1234",
            api: "openai-completions",
            models: [{
              id: "one",
              name: "One",
              contextWindow: 64_000,
              reasoning: true,
              input: ["text", "image"],
            }],
          },
        },
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(pieces: Piece[]): Response {
    const [first] = pieces;
    if (first && "status" in first) {
      const error = { message: `told to answer ${first.status}`, type: "test" };
      return Response.json({ error }, { status: first.status, headers: { "retry-after": "0" } });
    }
    const encoder = new TextEncoder();
    let isAbandoned = false;
    const body = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        const send = (fields: unknown) => {
          if (isAbandoned) return;
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(fields)}\n\n`));
        };
        if (await writePieces(pieces, send) === "hold" || isAbandoned) return;
        if (!pieces.some((piece) => "cut" in piece)) {
          controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        }
        controller.close();
      },
      cancel: () => {
        isAbandoned = true;
        this.#abandoned.resolve();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

async function writePieces(
  pieces: readonly Piece[],
  send: (fields: unknown) => void,
): Promise<"hold" | undefined> {
  const choice = (delta: unknown, finish_reason: string | null = null, matched = {}) =>
    send({ id: "s1", choices: [{ index: 0, delta, finish_reason, ...matched }] });
  let calls = 0;
  for (const piece of pieces) {
    if ("hold" in piece) return "hold";
    if ("cut" in piece) return undefined;
    if ("text" in piece) choice({ content: piece.text });
    if ("thinking" in piece) choice({ reasoning_content: piece.thinking });
    if ("call" in piece) {
      const { id, ...fn } = piece.call;
      choice({ tool_calls: [{ index: calls++, id, type: "function", function: fn }] });
    }
    if ("more" in piece) {
      choice({ tool_calls: [{ index: calls - 1, function: { arguments: piece.more } }] });
    }
    if ("moreOf" in piece) {
      const { index, text } = piece.moreOf;
      choice({ tool_calls: [{ index, function: { arguments: text } }] });
    }
    if ("until" in piece) await piece.until;
    if ("finish" in piece) {
      const matched = piece.matched === undefined ? {} : { stop_reason: piece.matched };
      choice({}, piece.finish, matched);
    }
  }
  const usage = {
    prompt_tokens: 20,
    completion_tokens: 9,
    total_tokens: 29,
    prompt_tokens_details: { cached_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 4 },
  };
  send({ id: "s1", choices: [], usage });
  return undefined;
}
