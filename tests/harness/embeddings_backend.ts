/**
 * A provider of embeddings over raw TCP: answers in the form of OpenAI and of Ollama, and misbehaves on
 * request.
 *
 * The first text decides: `wait` never answers, `half` sends half an answer and keeps the connection,
 * `cut` sends half an answer and ends it, `garbage` sends no JSON, `few` leaves a vector out, `nan` puts
 * no number in, `status <n>` answers with that status and `Retry-After: 7`. Anything else becomes the
 * vector of its length, its number of words and 1.
 *
 * @module
 */

/** One request as the backend saw it. */
export interface EmbeddingsCall {
  path: string;
  headers: Headers;
  body: { model: string; input: string[]; [field: string]: unknown };
}

/** A backend on a free port of 127.0.0.1. */
export class EmbeddingsBackend implements AsyncDisposable {
  readonly calls: EmbeddingsCall[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #work: Promise<void>;
  readonly #abandoned = Promise.withResolvers<void>();
  readonly #arrived = Promise.withResolvers<void>();

  constructor() {
    this.#work = this.#accept();
  }

  /** Resolves with the first request. */
  get arrival(): Promise<void> {
    return this.#arrived.promise;
  }

  /** Resolves when a client hung up before its answer. */
  get abandonment(): Promise<void> {
    return this.#abandoned.promise;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#work;
  }

  async #accept(): Promise<void> {
    const served: Promise<void>[] = [];
    try {
      for await (const connection of this.#listener) {
        this.#connections.add(connection);
        served.push(this.#serve(connection));
      }
    } catch {
      // The listener was closed between two connections.
    }
    await Promise.all(served);
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    try {
      const call = await readCall(connection);
      this.calls.push(call);
      this.#arrived.resolve();
      const { text, staysOpen } = answerTo(call);
      await connection.write(new TextEncoder().encode(text));
      if (staysOpen && await connection.read(new Uint8Array(1)) === null) {
        this.#abandoned.resolve();
      }
    } catch {
      this.#abandoned.resolve();
    } finally {
      this.#connections.delete(connection);
      close(connection);
    }
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed by the other path already.
  }
}

async function readCall(connection: Deno.Conn): Promise<EmbeddingsCall> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  while (true) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("The client ended before its request");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const [request, ...lines] = text.slice(0, end).split("\r\n");
    const headers = new Headers(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
    const body = text.slice(end + 4);
    if (new TextEncoder().encode(body).length < Number(headers.get("content-length"))) continue;
    return { path: request!.split(" ")[1]!, headers, body: JSON.parse(body) };
  }
}

function answerTo({ path, body }: EmbeddingsCall): { text: string; staysOpen: boolean } {
  const [word = ""] = body.input;
  if (word === "wait") return { text: "", staysOpen: true };
  const status = Number(/^status (\d{3})$/.exec(word)?.[1] ?? 200);
  const content = word === "garbage"
    ? "this is no JSON"
    : contentOf(path, word, body.input, status);
  const whole = `HTTP/1.1 ${status} Status\r\ncontent-type: application/json\r\n` +
    `${status === 429 ? "retry-after: 7\r\n" : ""}connection: close\r\n` +
    `content-length: ${new TextEncoder().encode(content).length}\r\n\r\n${content}`;
  const isHalf = word === "half" || word === "cut";
  return { text: isHalf ? whole.slice(0, -20) : whole, staysOpen: word === "half" };
}

function contentOf(path: string, word: string, input: string[], status: number): string {
  if (status !== 200) return `{"error":{"message":"told to answer ${status}","type":"test"}}`;
  const vectors: unknown[] = input.map((text) => [text.length, text.split(" ").length, 1]);
  if (word === "few") vectors.pop();
  if (word === "nan") vectors[0] = [1, null, 1];
  if (path === "/api/embed") {
    return JSON.stringify({ model: "x", embeddings: vectors, prompt_eval_count: input.length });
  }
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
  const usage = { prompt_tokens: input.length * 2, total_tokens: input.length * 2 };
  return JSON.stringify({ object: "list", data, model: "x", usage });
}
