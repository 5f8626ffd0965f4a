/**
 * A model provider that writes bytes to a socket, whatever they are.
 *
 * The last user message names the answer: `play <name>`.
 *
 * @module
 */
import { ANSWERS } from "./answers.ts";

/** The connection that an answer is written to. */
export class Wire {
  readonly #conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Writes all of it. @throws When the other side is gone. */
  async send(data: string | Uint8Array): Promise<void> {
    let left = typeof data === "string" ? new TextEncoder().encode(data) : data;
    while (left.length > 0) left = left.subarray(await this.#conn.write(left));
  }

  /** Says that nothing comes any more, and goes on listening. */
  async halfClose(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Waits until the other side is gone, or sends what nobody asked for. */
  async gone(): Promise<void> {
    // Closed is what is waited for, however it comes.
    await this.#conn.read(new Uint8Array(1)).catch(() => null);
  }
}

/** One answer: writes it; the connection is closed after it. */
export type Answer = (wire: Wire) => Promise<void>;

/** A provider on a free port of 127.0.0.1. */
export class HostileProvider implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();
  readonly #serving: Promise<void>;
  #callCount = 0;

  constructor() {
    this.#serving = this.#serve();
  }

  /** Connections that the gateway has not let go of. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Requests so far. */
  get callCount(): number {
    return this.#callCount;
  }

  /**
   * `agents` and `models` of a configuration that uses this provider as `hostile/m1`.
   *
   * @param timeoutSeconds How long it may be silent.
   */
  config(timeoutSeconds: number): Record<string, unknown> {
    return {
      agents: { defaults: { model: "hostile/m1", skipBootstrap: true } },
      models: {
        mode: "replace",
        providers: {
          hostile: {
            baseUrl: `http://127.0.0.1:${this.#listener.addr.port}/v1`,
            apiKey: "hostile-key-1234",
            api: "openai-completions",
            timeoutSeconds,
            models: [{ id: "m1", name: "Hostile", contextWindow: 1_000_000 }],
          },
        },
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#open) conn.close();
    this.#open.clear();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const serving: Promise<void>[] = [];
    try {
      for await (const conn of this.#listener) {
        this.#open.add(conn);
        serving.push(this.#answer(conn));
      }
    } catch {
      // The listener was closed under an accept.
    }
    await Promise.all(serving);
  }

  async #answer(conn: Deno.TcpConn): Promise<void> {
    try {
      const name = await askedFor(conn);
      this.#callCount++;
      const answer = ANSWERS[name];
      if (answer === undefined) throw new Error(`No answer is called "${name}"`);
      await answer(new Wire(conn));
    } catch {
      // The gateway hung up, which it may at any time.
    } finally {
      if (this.#open.delete(conn)) conn.close();
    }
  }
}

/** Reads a request to its end and finds the name in it. */
async function askedFor(conn: Deno.TcpConn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error("The request ended early");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    const bodyAt = text.indexOf("\r\n\r\n") + 4;
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (bodyAt >= 4 && new TextEncoder().encode(text.slice(bodyAt)).length >= length) break;
  }
  return text.match(/play ([\w-]+)/g)?.at(-1)?.slice("play ".length) ?? "";
}
