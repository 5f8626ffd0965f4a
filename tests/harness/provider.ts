/**
 * A model provider over real HTTP: speaks the OpenAI chat dialect and misbehaves on request.
 *
 * The last user message decides: `wait` streams one word and then nothing, `cut` ends the connection in
 * mid-stream, `garbage` sends no JSON, `status <n>` answers with that status, anything else is echoed.
 *
 * @module
 */

/** One request as the provider saw it. */
export interface ProviderCall {
  authorization: string | null;
  body: {
    model: string;
    messages: {
      role: string;
      content: string | { type: string; text?: string }[];
    }[];
    [field: string]: unknown;
  };
}

/** A provider on a free port of 127.0.0.1. */
export class FakeProvider implements AsyncDisposable {
  readonly calls: ProviderCall[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abandoned = Promise.withResolvers<void>();

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** Resolves when a stream lost its client before its end. */
  get abandonment(): Promise<void> {
    return this.#abandoned.promise;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/v1`;
  }

  /** `models.providers` of a configuration that uses this provider as `fake/echo`. */
  get config(): Record<string, unknown> {
    return {
      agents: { defaults: { model: "fake/echo", skipBootstrap: true } },
      models: {
        mode: "replace",
        providers: {
          fake: {
            baseUrl: this.baseUrl,
            apiKey: "provider-key-1234",
            api: "openai-completions",
            models: [{ id: "echo", name: "Echo", contextWindow: 32_000 }],
          },
        },
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.json();
    this.calls.push({
      authorization: request.headers.get("authorization"),
      body,
    });
    const text = lastUserText(body.messages);
    const status = /^status (\d{3})$/.exec(text)?.[1];
    if (status) {
      return Response.json({
        error: { message: `told to answer ${status}`, type: "test" },
      }, {
        status: Number(status),
        headers: { "retry-after": "0" },
      });
    }
    if (text === "garbage") {
      return new Response("data: {not json\n\n", { headers: SSE });
    }
    return new Response(this.#stream(text), { headers: SSE });
  }

  #stream(text: string): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const chunk = (fields: unknown) => encoder.encode(`data: ${JSON.stringify(fields)}\n\n`);
    const delta = (content: string) =>
      chunk({ id: "c1", choices: [{ index: 0, delta: { content } }] });
    return new ReadableStream({
      start: (controller) => {
        controller.enqueue(delta(text === "wait" ? "waiting" : "echo: "));
        if (text === "wait") return;
        if (text === "cut") return controller.close();
        controller.enqueue(delta(text));
        controller.enqueue(
          chunk({
            id: "c1",
            choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
          }),
        );
        controller.enqueue(chunk({
          id: "c1",
          choices: [],
          usage: { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 },
        }));
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      },
      cancel: () => this.#abandoned.resolve(),
    });
  }
}

const SSE = { "content-type": "text/event-stream" };

function lastUserText(messages: ProviderCall["body"]["messages"]): string {
  const content = messages.findLast(({ role }) => role === "user")?.content ?? "";
  return typeof content === "string" ? content : content.map(({ text = "" }) => text).join("");
}
