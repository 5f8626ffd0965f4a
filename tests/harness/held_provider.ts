/**
 * A model provider whose answers go on, a word at a time, until the test lets them end.
 *
 * @module
 */

const SSE = { "content-type": "text/event-stream" };

/** A provider on a free port of 127.0.0.1. */
export class HeldProvider implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #released = Promise.withResolvers<void>();
  readonly #wordMs: number;
  #openCount = 0;
  #lostCount = 0;

  /** @param wordMs Time between two words. */
  constructor(wordMs: number) {
    this.#wordMs = wordMs;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        await request.body?.cancel();
        return new Response(this.#stream(), { headers: SSE });
      },
    );
  }

  /** Answers under way. */
  get openCount(): number {
    return this.#openCount;
  }

  /** Answers whose reader went away. */
  get lostCount(): number {
    return this.#lostCount;
  }

  /** Lets every answer end. */
  release(): void {
    this.#released.resolve();
  }

  /** `agents` and `models` of a configuration that uses this provider as `held/words`. */
  get config(): Record<string, unknown> {
    return {
      agents: { defaults: { model: "held/words", skipBootstrap: true } },
      models: {
        mode: "replace",
        providers: {
          held: {
            baseUrl: `http://127.0.0.1:${this.#server.addr.port}/v1`,
            apiKey: "held-key-1234",
            api: "openai-completions",
            models: [{ id: "words", name: "Words", contextWindow: 1_000_000 }],
          },
        },
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.#server.shutdown();
  }

  #stream(): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const choice = (fields: unknown) =>
      encoder.encode(
        `data: ${JSON.stringify({ id: "h", choices: [{ index: 0, ...fields as object }] })}\n\n`,
      );
    const word = choice({ delta: { content: "word " } });
    let timer: ReturnType<typeof setInterval> | undefined;
    return new ReadableStream({
      start: (controller) => {
        this.#openCount++;
        controller.enqueue(word);
        timer = setInterval(() => controller.enqueue(word), this.#wordMs);
        this.#released.promise.then(() => {
          if (timer === undefined) return;
          clearInterval(timer);
          controller.enqueue(choice({ delta: {}, finish_reason: "stop" }));
          controller.enqueue(encoder.encode("data: [DONE]\n\n"));
          controller.close();
        });
      },
      cancel: () => {
        clearInterval(timer);
        timer = undefined;
        this.#lostCount++;
      },
    });
  }
}
