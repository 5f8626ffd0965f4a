/**
 * Where TLS ends: a listener of the runtime on loopback that only the guard's own connections get
 * through to.
 *
 * The runtime cannot cut a TLS connection whose peer stands still, in its handshake or later. So the
 * guard keeps the peer's own connection in its hands and passes the bytes through here.
 *
 * @module
 */
import { delay } from "../base/mod.ts";

/** A certificate, with those that vouch for it behind it, and its key, both as PEM. */
export interface EdgeTls {
  readonly cert: string;
  readonly key: string;
}

/** The two ends of one way through. */
export interface TlsPassage {
  /** Takes and gives what goes over the wire. */
  readonly wire: Deno.TcpConn;
  /** Gives and takes what it means; the handshake comes with the first bytes. */
  readonly plain: Deno.TlsConn;
}

const ACCEPT_RETRY_MS = 100;

/** Ends TLS for a guard; close it with {@linkcode TlsTerminator.close}. */
export class TlsTerminator {
  #listener: Deno.TlsListener;
  #isClosed = false;
  /** Connections of the guard that have not come out yet, by their own port. */
  readonly #awaited = new Map<number, (conn: Deno.TlsConn) => void>();
  /** Connections that came out before it was known whose they are. */
  readonly #early = new Map<number, Deno.TlsConn>();
  #dialling = 0;

  /** @throws When the pair cannot be used. */
  constructor(tls: EdgeTls) {
    this.#listener = listen(tls);
    this.#accept(this.#listener);
  }

  /**
   * Shows another certificate from now on; ways through that there are stay.
   *
   * @throws When the pair cannot be used; the one in force stays then.
   */
  renew(tls: EdgeTls): void {
    if (this.#isClosed) return;
    const next = listen(tls);
    this.#listener.close();
    this.#listener = next;
    this.#accept(next);
  }

  /** Opens a way through; the caller closes both ends. */
  async open(): Promise<TlsPassage> {
    this.#dialling++;
    try {
      const { hostname, port } = this.#listener.addr;
      const wire = await Deno.connect({ hostname, port });
      wire.setNoDelay(true);
      return { wire, plain: await this.#otherEnd((wire.localAddr as Deno.NetAddr).port) };
    } finally {
      this.#dialling--;
      if (this.#dialling === 0) this.#dropStrangers();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    this.#dropStrangers();
  }

  #otherEnd(port: number): Promise<Deno.TlsConn> {
    const early = this.#early.get(port);
    if (early === undefined) {
      return new Promise((resolve) => this.#awaited.set(port, resolve));
    }
    this.#early.delete(port);
    return Promise.resolve(early);
  }

  async #accept(listener: Deno.TlsListener): Promise<void> {
    while (true) {
      try {
        this.#arrived(await listener.accept());
      } catch {
        if (this.#isClosed || listener !== this.#listener) return;
        // No descriptor is left; the guard, which takes connections first, says so.
        await delay(ACCEPT_RETRY_MS);
      }
    }
  }

  #arrived(conn: Deno.TlsConn): void {
    const { port } = conn.remoteAddr;
    const resolve = this.#awaited.get(port);
    if (resolve !== undefined) {
      this.#awaited.delete(port);
      return resolve(conn);
    }
    // Some other program of this machine, unless the guard is just dialling.
    if (this.#dialling === 0) return conn.close();
    this.#early.set(port, conn);
  }

  #dropStrangers(): void {
    for (const conn of this.#early.values()) conn.close();
    this.#early.clear();
  }
}

function listen(tls: EdgeTls): Deno.TlsListener {
  // The guard reads HTTP/1.1; whoever wants something else is told so by the handshake.
  return Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: tls.cert,
    key: tls.key,
    alpnProtocols: ["http/1.1"],
  });
}
