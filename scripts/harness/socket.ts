/**
 * The smallest WebSocket client of the gateway: raw frames, nothing of the program's own code.
 *
 * @module
 */

const REPLY_TIMEOUT_MS = 60_000;
const PROTOCOL = 4;

/** A frame as it arrived. */
export interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly ok?: boolean;
  readonly event?: string;
  readonly payload?: Record<string, unknown>;
  readonly error?: { readonly message?: string };
}

/** An open connection that has said hello. Close it. */
export class RawSocket implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  readonly #closed: Promise<void>;
  #wake: () => void = () => {};
  #isClosed = false;
  #lastId = 0;

  private constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => {
      this.#frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = promise;
    this.#socket.onclose = () => {
      this.#isClosed = true;
      this.#wake();
      resolve();
    };
  }

  /**
   * Connects and completes the handshake.
   *
   * @param url `ws://127.0.0.1:<port>`.
   * @param token The gateway's shared token.
   */
  static async connect(url: string, token: string): Promise<RawSocket> {
    const socket = new RawSocket(url);
    try {
      await socket.#next((frame) => frame.event === "connect.challenge");
      const hello = await socket.request("connect", {
        minProtocol: PROTOCOL,
        maxProtocol: PROTOCOL,
        client: {
          id: "gateway-client",
          mode: "backend",
          version: "smoke",
          platform: Deno.build.os,
        },
        role: "operator",
        scopes: ["operator.admin"],
        caps: [],
        auth: { token },
      });
      if (hello["type"] !== "hello-ok") throw new Error(`No hello-ok: ${JSON.stringify(hello)}`);
      return socket;
    } catch (error) {
      await socket[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #next(isWanted: (frame: Frame) => boolean): Promise<Frame> {
    const deadline = performance.now() + REPLY_TIMEOUT_MS;
    while (true) {
      const index = this.#frames.findIndex(isWanted);
      const [frame] = index < 0 ? [] : this.#frames.splice(index, 1);
      if (frame !== undefined) return frame;
      if (this.#isClosed) throw new Error("The gateway closed the connection");
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`No frame within ${REPLY_TIMEOUT_MS} ms`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, leftMs);
      await promise;
      clearTimeout(timer);
    }
  }

  /** Calls a method; answers that only accept the work are passed over. */
  async request(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = String(++this.#lastId);
    this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    const reply = await this.#next((frame) =>
      frame.type === "res" && frame.id === id && frame.payload?.["status"] !== "accepted"
    );
    if (reply.ok !== true) throw new Error(`${method}: ${reply.error?.message ?? "failed"}`);
    return reply.payload ?? {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#closed;
  }
}
