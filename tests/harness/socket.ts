/**
 * A raw client: every frame is sent and read as it is.
 *
 * @module
 */

/** A frame as it arrived. */
// deno-lint-ignore no-explicit-any -- tests look into whatever arrives
export type Frame = Record<string, any>;

/** How long a test waits for a frame before it fails. */
const WAIT_MS = 10_000;

/** What a connect frame holds unless a test says otherwise. */
export function connectParams(over: Frame = {}): Frame {
  return {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: "cli", version: "1.0.0", platform: "linux", mode: "cli" },
    role: "operator",
    scopes: ["operator.admin"],
    caps: [],
    ...over,
  };
}

/** An open WebSocket and all it has received. */
export class TestSocket implements AsyncDisposable {
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  #wake: () => void = () => {};
  #isClosed = false;
  #lastId = 0;

  private constructor(url: string, headers: Record<string, string>) {
    this.#socket = new WebSocket(url, { headers });
    this.#socket.onmessage = ({ data }) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wakeAll();
    };
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = ({ code, reason }) => {
        this.#isClosed = true;
        this.#wakeAll();
        resolve({ code, reason });
      };
    });
    this.#socket.onerror = (event) => event.preventDefault();
  }

  /** Opens a socket and waits for the challenge. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<TestSocket> {
    const socket = new TestSocket(url, headers);
    await socket.event("connect.challenge");
    return socket;
  }

  /** Opens a socket and says hello. */
  static async connect(url: string, token: string, over: Frame = {}): Promise<TestSocket> {
    const socket = await TestSocket.open(url);
    const hello = await socket.call("connect", connectParams({ auth: { token }, ...over }));
    if (!hello.ok) {
      throw new Error(`Connect was refused: ${JSON.stringify(hello.error)}`);
    }
    return socket;
  }

  /** Sends text as it is. */
  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** Sends a request and answers its id. */
  request(method: string, params: unknown = {}): string {
    const id = `t${++this.#lastId}`;
    this.sendText(JSON.stringify({ type: "req", id, method, params }));
    return id;
  }

  /** Sends a request and waits for its first answer. */
  async call(method: string, params: unknown = {}): Promise<Frame> {
    return await this.response(this.request(method, params));
  }

  /** The next answer to a request; each is given out once. */
  response(id: string): Promise<Frame> {
    return this.take((frame) => frame.type === "res" && frame.id === id, `answer to ${id}`);
  }

  /** The next event of that name that fits; each is given out once. */
  event(name: string, fits: (payload: Frame) => boolean = () => true): Promise<Frame> {
    return this.take(
      (frame) => frame.type === "event" && frame.event === name && fits(frame.payload),
      `event ${name}`,
    );
  }

  /** All events of that name so far, in order; they stay. */
  events(name: string): Frame[] {
    return this.frames.filter((frame) => frame.event === name);
  }

  /** Waits until a frame that fits has arrived, and leaves it there. */
  async seen(fits: (frame: Frame) => boolean, what: string): Promise<Frame> {
    return await this.#wait(() => this.frames.find(fits), what);
  }

  /** Takes the first frame that fits, waiting for it. */
  async take(fits: (frame: Frame) => boolean, what: string): Promise<Frame> {
    const taken = this.#taken;
    const frame = await this.#wait(
      () => this.frames.find((frame) => !taken.has(frame) && fits(frame)),
      what,
    );
    taken.add(frame);
    return frame;
  }

  /** How the socket was closed; fails when it is not. */
  async ended(): Promise<{ code: number; reason: string }> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`No close within ${WAIT_MS} ms`)), WAIT_MS);
    });
    return await Promise.race([this.closed, late]).finally(() => clearTimeout(timer));
  }

  /** Who waits on looks once, and then waits anew. */
  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }

  async #wait(find: () => Frame | undefined, what: string): Promise<Frame> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLate = false;
    try {
      while (true) {
        const found = find();
        if (found) return found;
        if (this.#isClosed) {
          throw new Error(`Socket closed while waiting for ${what}`);
        }
        if (isLate) throw new Error(`No ${what} within ${WAIT_MS} ms`);
        await new Promise<void>((resolve) => {
          const previous = this.#wake;
          this.#wake = () => {
            previous();
            resolve();
          };
          timer ??= setTimeout(() => {
            isLate = true;
            this.#wakeAll();
          }, WAIT_MS);
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  readonly #taken = new Set<Frame>();

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#socket.close();
    await this.closed;
  }
}
