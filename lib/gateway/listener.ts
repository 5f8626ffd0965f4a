/**
 * The sockets the gateway listens on: one port, one or two addresses.
 *
 * An address that only this machine can reach is the runtime's own listener, any other one stands
 * behind the guard. With `0.0.0.0` this machine's clients have a listener of their own on the same
 * port, where the system sends them to the more special address; elsewhere the guard takes all.
 *
 * @module
 */
import {
  AppError,
  canonicalAddress,
  type Clock,
  delay,
  errorMessage,
  type Logger,
  withTimeout,
} from "../base/mod.ts";
import type { EdgeGuard, EdgeLimits, EdgeLine, EdgeTls } from "../edge/mod.ts";
import {
  acceptWithoutDelay,
  canSharePorts,
  delaysSmallWrites,
  describePort,
  inspectPort,
} from "../platform/mod.ts";
import { isLoopback, limitKey } from "./address.ts";

/** Answers one request; upgrades included. The line is there when it came through the guard. */
export type RequestHandler = (
  request: Request,
  info: { readonly remoteAddr: Deno.NetAddr },
  line?: EdgeLine,
) => Response | Promise<Response>;

/** How the guard is set up. */
export interface GuardOptions {
  /** Private folder for the guard's own socket. */
  socketDir: string;
  /** Puts loopback addresses behind the guard, too. */
  isAlways?: boolean;
  /** Whether a canonical address is that of a proxy, which has the clients of many behind it. */
  isProxy?(address: string): boolean;
  /** Limits that differ from the guard's own. */
  limits?: Partial<EdgeLimits>;
}

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
  guard: GuardOptions;
  /** Speaks TLS, on every address behind the guard. */
  tls?: EdgeTls | undefined;
  clock: Clock;
  log: Logger;
}

/** Open listeners; close them with {@linkcode Listeners.close}. */
export interface Listeners {
  port: number;
  hosts: string[];
  /**
   * Shows another certificate to everyone who connects from now on.
   *
   * @throws When the pair cannot be used; the one in force stays then.
   */
  renewTls(tls: EdgeTls): void;
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
  const first = await openWithRetry(options, firstHost ?? "127.0.0.1");
  const doors = [first];
  const { port } = first.addr;
  for (const host of otherHosts) {
    try {
      doors.push(await open(options, host, port));
    } catch (error) {
      options.log.debug(`not listening on ${at(host, port)}: ${errorMessage(error)}`);
    }
  }
  const hosts = doors.map(({ addr }) => addr.hostname);
  const close = async (graceMs: number) => {
    await Promise.all(doors.map((door) => door.close(graceMs)));
  };
  const renewTls = (tls: EdgeTls) => doors.forEach((door) => door.renew?.(tls));
  return { port, hosts, renewTls, close };
}

/** One address that is listened on. */
type Door = Pick<EdgeGuard, "addr" | "close"> & Partial<Pick<EdgeGuard, "renew">>;

async function openWithRetry(options: ListenOptions, host: string): Promise<Door> {
  const { port } = options;
  for (let attempt = 1;; attempt++) {
    try {
      return await open(options, host, port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) {
        throw bindFailed(options, host, error);
      }
      if (attempt >= options.attempts) throw await portInUse(options, host, error);
    }
    await delay(options.retryDelayMs);
  }
}

async function open(options: ListenOptions, hostname: string, port: number): Promise<Door> {
  if (options.guard.isAlways || options.tls) return await openGuard(options, hostname, port);
  if (isLoopback(hostname)) return serve(options, hostname, port);
  if (hostname === ANY_ADDRESS && canSharePorts()) return await openBoth(options, port);
  return await openGuard(options, hostname, port);
}

const ANY_ADDRESS = "0.0.0.0";

/** The guard for all addresses, and beside it a listener that this machine's clients reach directly. */
async function openBoth(options: ListenOptions, port: number): Promise<Door> {
  // A port that is shared could be shared with a second gateway: whoever has it is found without.
  if (port !== 0) Deno.listen({ hostname: ANY_ADDRESS, port }).close();
  const guard = await openGuard(options, ANY_ADDRESS, port, true);
  try {
    const direct = serve(options, "127.0.0.1", guard.addr.port, true);
    const close = async (graceMs: number) => {
      await Promise.all([guard.close(graceMs), direct.close(graceMs)]);
    };
    return { addr: guard.addr, close };
  } catch (error) {
    options.log.debug(`this machine's clients go through the guard, too: ${errorMessage(error)}`);
    return guard;
  }
}

async function openGuard(
  options: ListenOptions,
  hostname: string,
  port: number,
  sharesPort = false,
): Promise<Door> {
  const { handler, guard, tls, clock, log } = options;
  const { EDGE_LIMITS, EdgeGuard } = await import("../edge/mod.ts");
  return await EdgeGuard.open({
    hostname,
    port,
    sharesPort,
    tls,
    socketDir: guard.socketDir,
    handler: (request, line) => handler(request, line, line),
    limits: { ...EDGE_LIMITS, ...guard.limits },
    clock,
    log: log.child("edge"),
    // Whatever forwards, from this machine or another, has the clients of many behind one address.
    limitKey: (address) =>
      isLoopback(address) || guard.isProxy?.(canonicalAddress(address))
        ? undefined
        : limitKey(address),
  });
}

function serve(
  { handler, log }: ListenOptions,
  hostname: string,
  port: number,
  sharesPort = false,
): Door {
  const server = Deno.serve({
    hostname,
    port,
    reusePort: sharesPort,
    onListen() {},
    onError(error) {
      log.error(`request failed: ${errorMessage(error)}`);
      return new Response("Internal Server Error", { status: 500 });
    },
  }, (request, info) => handler(request, info));
  if (delaysSmallWrites()) acceptWithoutDelay(server.addr.port);
  return { addr: server.addr, close: (graceMs) => shutDown(server, graceMs) };
}

/** The grace bounds the whole wait: a client that keeps its connection open must not hold up a stop. */
async function shutDown(server: Deno.HttpServer, graceMs: number): Promise<void> {
  await withTimeout(server.shutdown(), graceMs, () => {});
}

async function portInUse(
  { port, tls }: ListenOptions,
  host: string,
  cause: unknown,
): Promise<AppError> {
  return new AppError(
    "PORT_IN_USE",
    `another gateway instance is already listening on ${scheme(tls)}://${at(host, port)}`,
    {
      hint: `openclaw gateway run --port ${
        port === 65535 ? 18789 : port + 1
      }, or stop the process on port ${port}`,
      details: { port, context: describePort(await inspectPort(port)) },
      cause,
      retryable: true,
    },
  );
}

function bindFailed({ port, tls }: ListenOptions, host: string, cause: unknown): AppError {
  return new AppError(
    "BIND_FAILED",
    `failed to bind gateway socket on ${scheme(tls)}://${at(host, port)}: ${errorMessage(cause)}`,
    { hint: "openclaw gateway run --bind loopback", cause },
  );
}

function scheme(tls: EdgeTls | undefined): string {
  return tls === undefined ? "ws" : "wss";
}

function at(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
