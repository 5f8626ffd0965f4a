/**
 * The server behind the guard: the runtime's own, where only this user can reach it.
 *
 * @module
 */
import { join } from "@std/path";
import { ensureDir, osName, removeIfThere } from "../platform/mod.ts";

/** What the addresses of sockets have room for on every system. */
const MAX_SOCKET_PATH_CHARS = 100;
/** Where there is room for a socket when the user's own temporary folder has a long path, too. */
const SHORT_TEMP_DIR = "/tmp";

/** What the server behind works with. */
export interface InnerServerOptions {
  /** Private folder for its socket. */
  readonly socketDir: string;
  /** File name of its socket; what an earlier process left under it is removed. */
  readonly socketName: string;
  handler(request: Request): Response | Promise<Response>;
  onError(error: unknown): Response;
}

interface SocketPlace {
  readonly path: string;
  /** A folder that was made for the socket alone and goes with it. */
  readonly tempDir?: string;
}

/** An open server; end it with {@linkcode InnerServer.shutdown}. */
export class InnerServer {
  readonly #server: Deno.HttpServer;
  readonly #path: string | undefined;
  readonly #tempDir: string | undefined;

  private constructor(server: Deno.HttpServer, { path, tempDir }: Partial<SocketPlace>) {
    this.#server = server;
    this.#path = path;
    this.#tempDir = tempDir;
  }

  /** Listens on a Unix socket, or on loopback where there are none. */
  static async open({ handler, onError, ...options }: InnerServerOptions): Promise<InnerServer> {
    const common = { handler, onError, onListen() {} };
    if (osName() === "windows") {
      return new InnerServer(Deno.serve({ ...common, hostname: "127.0.0.1", port: 0 }), {});
    }
    const place = await socketPlace(options.socketDir, options.socketName);
    return new InnerServer(Deno.serve({ ...common, path: place.path }), place);
  }

  /** A new connection to the server. */
  async dial(): Promise<Deno.Conn> {
    if (this.#path !== undefined) {
      return await Deno.connect({ transport: "unix", path: this.#path });
    }
    const { hostname, port } = this.#server.addr as Deno.NetAddr;
    const conn = await Deno.connect({ hostname, port });
    conn.setNoDelay(true);
    return conn;
  }

  /** Takes no new connections, closes idle ones and waits for requests under way. */
  async shutdown(): Promise<void> {
    if (this.#path !== undefined) await removeIfThere(this.#path);
    if (this.#tempDir !== undefined) await removeIfThere(this.#tempDir);
    await this.#server.shutdown();
  }
}

/** Where the socket is made; in a temporary folder when the path of the proper place is too long. */
async function socketPlace(dir: string, name: string): Promise<SocketPlace> {
  const path = join(dir, name);
  if (path.length > MAX_SOCKET_PATH_CHARS) {
    const place = await temporaryPlace(name);
    if (place.path.length <= MAX_SOCKET_PATH_CHARS) return place;
    await removeIfThere(place.tempDir);
    return await temporaryPlace(name, SHORT_TEMP_DIR);
  }
  await ensureDir(dir);
  await removeIfThere(path);
  return { path };
}

async function temporaryPlace(name: string, dir?: string): Promise<Required<SocketPlace>> {
  const tempDir = await Deno.makeTempDir({ prefix: "openclaw-", ...(dir ? { dir } : {}) });
  return { path: join(tempDir, name), tempDir };
}
