/**
 * A web page that tries everything a browser lets a page do to a gateway on its user's machine, and
 * those who serve it.
 *
 * @module
 */
import script from "./hostile_script.js" with { type: "text" };

/** What one attempt came to, as the page saw it. */
export interface Attempt {
  readonly what: string;
  /** What the page could read: a status and the beginning of a body, or that it could not. */
  readonly outcome: string;
}

/** Serves the page and takes its reports; `url()` is what a browser opens. */
export class HostilePage implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #reports = new Map<string, PromiseWithResolvers<Attempt[]>>();

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname !== "/report") return html(attackPage());
        this.#report(searchParams.get("id") ?? "").resolve(JSON.parse(await request.text()));
        return new Response("thanks");
      },
    );
  }

  /** Where the page reports to, whatever name it was opened under. */
  get reportUrl(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/report`;
  }

  /** Address of the page under a name. */
  url(host: string, id: string, targets: readonly string[]): string {
    return `http://${host}:${this.#server.addr.port}/${this.#hash(id, targets)}`;
  }

  /** The same, on another server that shows the page at `/`. */
  elsewhere(base: string, id: string, targets: readonly string[]): string {
    return `${base}/${this.#hash(id, targets)}`;
  }

  /** All attempts of a page, once it is through. */
  report(id: string): Promise<Attempt[]> {
    return this.#report(id).promise;
  }

  #hash(id: string, targets: readonly string[]): string {
    const plan = { id, targets, reportUrl: this.reportUrl };
    return `#${encodeURIComponent(JSON.stringify(plan))}`;
  }

  #report(id: string): PromiseWithResolvers<Attempt[]> {
    const known = this.#reports.get(id) ?? Promise.withResolvers<Attempt[]>();
    this.#reports.set(id, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/**
 * A name whose address changes after the page was loaded (DNS rebinding): the first request gets the
 * page, every later connection ends up at the gateway, under the attacker's name.
 */
export class Rebinder implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #done: Promise<void>;
  readonly #open = new Set<Deno.Conn>();

  /** @param hostname Another loopback address; the port must be the gateway's for the origin to be. */
  constructor(hostname: string, port: number) {
    this.#listener = Deno.listen({ hostname, port });
    this.#done = this.#accept(port);
  }

  async #accept(port: number): Promise<void> {
    const work: Promise<void>[] = [];
    for await (const conn of this.#listener) work.push(this.#serve(conn, port));
    await Promise.all(work);
  }

  async #serve(conn: Deno.TcpConn, port: number): Promise<void> {
    this.#open.add(conn);
    let gateway: Deno.Conn | undefined;
    try {
      const buffer = new Uint8Array(64 * 1024);
      const size = await conn.read(buffer) ?? 0;
      const first = buffer.subarray(0, size);
      if (new TextDecoder().decode(first).startsWith("GET / ")) {
        await conn.write(new TextEncoder().encode(rawPage()));
        return;
      }
      gateway = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#open.add(gateway);
      await gateway.write(first);
      await Promise.all([pipe(conn, gateway), pipe(gateway, conn)]);
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      for (const each of [conn, gateway]) {
        if (each === undefined || !this.#open.delete(each)) continue;
        each.close();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#open) conn.close();
    this.#open.clear();
    await this.#done;
  }
}

async function pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let size; (size = await from.read(buffer)) !== null;) {
    for (let at = 0; at < size;) at += await to.write(buffer.subarray(at, size));
  }
  await to.closeWrite();
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected;
}

function html(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
}

function rawPage(): string {
  const page = attackPage();
  const length = new TextEncoder().encode(page).length;
  return "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\n" +
    `content-length: ${length}\r\n\r\n${page}`;
}

/** The page. It is told by its fragment whom to attack and where to report. */
function attackPage(): string {
  return `<!doctype html><meta charset="utf-8"><title>attack</title><body><script>${script}</script>`;
}
