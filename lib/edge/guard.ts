/**
 * The public listener of a guarded address, and the server behind it that only the guard can reach.
 *
 * @module
 */
import { delay, errorMessage, withTimeout } from "../base/mod.ts";
import { InnerServer } from "./inner_server.ts";
import type { EdgeLine } from "./line.ts";
import { Lines, type LinesOptions } from "./lines.ts";
import { type EdgeTls, TlsTerminator } from "./tls_terminator.ts";

/** How long the guard waits when the system has no descriptor for a new connection. */
const ACCEPT_RETRY_MS = 100;

/** Answers one request of a guarded connection; upgrades included. */
export type EdgeHandler = (request: Request, line: EdgeLine) => Response | Promise<Response>;

/** What a guard works with. */
export interface EdgeGuardOptions extends LinesOptions {
  readonly hostname: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Lets another listener of this process have a more special address of the same port. */
  readonly sharesPort?: boolean;
  /** Speaks TLS with it, and nothing else. */
  readonly tls?: EdgeTls | undefined;
  /** Private folder for the socket of the server behind. */
  readonly socketDir: string;
  readonly handler: EdgeHandler;
}

/** A guarded listener; end it with {@linkcode EdgeGuard.close}. */
export class EdgeGuard {
  readonly #options: EdgeGuardOptions;
  readonly #listener: Deno.TcpListener;
  readonly #terminator: TlsTerminator | undefined;
  readonly #inner: InnerServer;
  readonly #lines: Lines;
  readonly #accepting: Promise<void>;
  #isClosing = false;
  #closed: Promise<void> | undefined;

  private constructor(
    options: EdgeGuardOptions,
    listener: Deno.TcpListener,
    terminator: TlsTerminator | undefined,
    inner: InnerServer,
    lines: Lines,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#terminator = terminator;
    this.#inner = inner;
    this.#lines = lines;
    this.#accepting = this.#accept();
  }

  /**
   * Listens.
   *
   * @throws What the system says of the address, `Deno.errors.AddrInUse` among it.
   */
  static async open(options: EdgeGuardOptions): Promise<EdgeGuard> {
    const { hostname, port, sharesPort = false, tls, handler, log } = options;
    const listener = Deno.listen({ hostname, port, reusePort: sharesPort });
    let terminator: TlsTerminator | undefined;
    try {
      if (tls !== undefined) terminator = new TlsTerminator(tls);
      const lines = new Lines(options);
      const inner = await InnerServer.open({
        socketDir: options.socketDir,
        socketName: `edge-${hostname.replaceAll(":", "-")}-${listener.addr.port}.sock`,
        handler(request) {
          const line = lines.of(request);
          if (line) return handler(request, line);
          // Cut while its request was on the way here: nobody is left to answer.
          if (lines.isOurs(request)) return new Response(null, { status: 503 });
          log.warn("refused a request that did not come through the guard");
          return new Response("Forbidden", { status: 403 });
        },
        onError(error) {
          log.error(`request failed: ${errorMessage(error)}`);
          return new Response("Internal Server Error", { status: 500 });
        },
      });
      return new EdgeGuard(options, listener, terminator, inner, lines);
    } catch (error) {
      listener.close();
      terminator?.close();
      throw error;
    }
  }

  /** Where it listens. */
  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /**
   * Shows another certificate to everyone who connects from now on; connections that there are stay.
   *
   * @throws When the pair cannot be used; the one in force stays then.
   */
  renew(tls: EdgeTls): void {
    this.#terminator?.renew(tls);
  }

  /** Takes no new connections, waits for requests under way at most `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void> {
    return this.#closed ??= this.#end(graceMs);
  }

  async #end(graceMs: number): Promise<void> {
    this.#isClosing = true;
    this.#listener.close();
    await this.#accepting;
    const ended = Promise.all([this.#inner.shutdown(), this.#lines.end()]);
    await withTimeout<unknown>(ended, graceMs, () => this.#lines.cut());
    this.#terminator?.close();
  }

  async #accept(): Promise<void> {
    while (!this.#isClosing) {
      try {
        this.#lines.take(
          await this.#listener.accept(),
          () => this.#inner.dial(),
          this.#terminator,
        );
      } catch (error) {
        if (this.#isClosing) return;
        // No descriptor is left, or the peer hung up at once.
        this.#options.log.warn(`cannot accept a connection: ${errorMessage(error)}`);
        await delay(ACCEPT_RETRY_MS);
      }
    }
  }
}
