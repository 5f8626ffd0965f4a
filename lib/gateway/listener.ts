/**
 * The sockets the gateway listens on: one port, one or two addresses.
 *
 * @module
 */
import { AppError, delay, errorMessage, type Logger } from "../base/mod.ts";
import { describePort, inspectPort } from "../platform/mod.ts";

/** Answers one request; upgrades included. */
export type RequestHandler = (
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

/** What to listen on. */
export interface ListenOptions {
  /** Addresses; the first must work, the others (`::1`) are taken when they can be had. */
  hosts: readonly string[];
  /** 0 takes any free port. */
  port: number;
  /** Tries when the port is taken; a supervisor's restart can overlap the end of the old process. */
  attempts: number;
  retryDelayMs: number;
  handler: RequestHandler;
  log: Logger;
}

/** Open listeners; close them with {@linkcode Listeners.close}. */
export interface Listeners {
  port: number;
  hosts: string[];
  /** Takes no new connections, waits for requests under way at most `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts listening.
 *
 * @throws {AppError} `PORT_IN_USE` with the holder's description in `details.context`, or
 * `BIND_FAILED`.
 */
export async function listen(options: ListenOptions): Promise<Listeners> {
  const [firstHost, ...otherHosts] = options.hosts;
  const first = await serveWithRetry(options, firstHost ?? "127.0.0.1");
  const servers = [first];
  const port = first.addr.port;
  const hosts = [first.addr.hostname];
  for (const host of otherHosts) {
    try {
      servers.push(serve(options, host, port));
      hosts.push(host);
    } catch (error) {
      options.log.debug(`not listening on ${at(host, port)}: ${errorMessage(error)}`);
    }
  }
  return { port, hosts, close: (graceMs) => closeAll(servers, graceMs) };
}

type Server = Deno.HttpServer<Deno.NetAddr>;

async function serveWithRetry(options: ListenOptions, host: string): Promise<Server> {
  const { port } = options;
  for (let attempt = 1;; attempt++) {
    try {
      return serve(options, host, port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) {
        throw bindFailed(host, port, error);
      }
      if (attempt >= options.attempts) throw await portInUse(host, port, error);
    }
    await delay(options.retryDelayMs);
  }
}

function serve({ handler, log }: ListenOptions, hostname: string, port: number): Server {
  return Deno.serve({
    hostname,
    port,
    onListen() {},
    onError(error) {
      log.error(`request failed: ${errorMessage(error)}`);
      return new Response("Internal Server Error", { status: 500 });
    },
  }, handler);
}

async function closeAll(servers: readonly Server[], graceMs: number): Promise<void> {
  // The grace bounds the whole wait: a client that keeps its connection open must not hold up a stop.
  const closed = Promise.all(servers.map((server) => server.shutdown()));
  const cancel = new AbortController();
  const grace = delay(graceMs, cancel.signal).catch(() => {});
  await Promise.race([closed, grace]);
  cancel.abort();
}

async function portInUse(host: string, port: number, cause: unknown): Promise<AppError> {
  return new AppError(
    "PORT_IN_USE",
    `another gateway instance is already listening on ws://${at(host, port)}`,
    {
      hint: `openclaw gateway run --port ${
        port === 65535 ? 18789 : port + 1
      }, or stop the process on port ${port}`,
      details: { context: describePort(await inspectPort(port)) },
      cause,
      retryable: true,
    },
  );
}

function bindFailed(host: string, port: number, cause: unknown): AppError {
  return new AppError(
    "BIND_FAILED",
    `failed to bind gateway socket on ws://${at(host, port)}: ${errorMessage(cause)}`,
    { hint: "openclaw gateway run --bind loopback", cause },
  );
}

function at(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
