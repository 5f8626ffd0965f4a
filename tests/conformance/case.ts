/**
 * What a case of the conformance table is, and how outcomes are put into words.
 *
 * @module
 */
import { encodeFrame, type FrameOptions, type OpenOptions } from "../harness/raw_websocket.ts";
import { RawWebSocket } from "../harness/raw_websocket.ts";
import { connectParams } from "../harness/socket.ts";

/** The gateway under test. */
export interface Target {
  /** 127.0.0.1 unless told otherwise. */
  readonly hostname?: string;
  readonly port: number;
  readonly token: string;
  /** What it was started with; cases that wait for it want it short. */
  readonly handshakeTimeoutMs: number;
  /** How long the end of a connection is waited for: short where it is known not to come. */
  readonly patienceMs: number;
}

/** One row of the table. */
export interface Case {
  readonly name: string;
  /** What RFC 6455 or the gateway's own protocol demands, with its section. */
  readonly demand: string;
  /** The outcome that meets the demand. */
  readonly expected: string;
  /** Waits for the handshake timeout of the gateway. */
  readonly isTimed?: true;
  run(target: Target): Promise<string>;
}

/** Outcome of a connection that was ended because of a violation, with or without a close frame. */
export const FAILED = "failed";
/** Outcome of a request that was answered. */
export const ANSWERED = "answered";

/** Codes with which a server may end a connection that broke the framing. */
const FAILURE_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009]);

/** How a connection to the gateway is opened. */
export function through({ hostname }: Target, options: OpenOptions = {}): OpenOptions {
  return hostname === undefined ? options : { hostname, ...options };
}

/** Parameters of a hello as owner. */
export function helloParams({ token }: Target): ReturnType<typeof connectParams> {
  return connectParams({ auth: { token } });
}

/** The text of a `health` request. */
export function healthRequest(id = "h"): string {
  return JSON.stringify({ type: "req", id, method: "health" });
}

/** Says hello, then does something. */
export async function afterHello(
  target: Target,
  act: (socket: RawWebSocket) => Promise<string>,
): Promise<string> {
  await using socket = await RawWebSocket.connect(
    target.port,
    helloParams(target),
    through(target),
  );
  socket.patienceMs = target.patienceMs;
  return await act(socket);
}

/** Opens and takes the challenge, then does something. */
export async function beforeHello(
  target: Target,
  act: (socket: RawWebSocket) => Promise<string>,
): Promise<string> {
  await using socket = await RawWebSocket.open(target.port, through(target));
  socket.patienceMs = target.patienceMs;
  await socket.nextJson();
  return await act(socket);
}

/** Whether a request on this connection is answered. */
export async function alive(socket: RawWebSocket, id = "alive"): Promise<string> {
  try {
    await socket.frame(healthRequest(id));
    return await answered(socket, id);
  } catch {
    // Hung up while writing: the ending tells more.
    return await ended(socket);
  }
}

/** Whether the answer with that id comes. */
export async function answered(socket: RawWebSocket, id = "h"): Promise<string> {
  const response = await socket.response(id).catch((error: Error) => error);
  if (response instanceof Error) return response.message;
  return response["ok"] ? ANSWERED : `refused: ${response["error"].message}`;
}

/** How the connection ends, in words. */
export async function ended(socket: RawWebSocket, waitMs = socket.patienceMs): Promise<string> {
  const { how, code, reason } = await socket.ending(waitMs);
  if (how === "open") return "open";
  if (how === "cut") return "cut";
  if (code === undefined) return "close without a code";
  return `close ${code}${reason ? ` ${reason}` : ""}`;
}

/** Whether the connection was failed: ended by TCP or by a code that names a violation. */
export async function failure(socket: RawWebSocket, waitMs = socket.patienceMs): Promise<string> {
  const { how, code } = await socket.ending(waitMs);
  const isFailed = how === "cut" || (code !== undefined && FAILURE_CODES.has(code));
  return isFailed ? FAILED : code === undefined ? how : `close ${code}`;
}

/** A case in which frames are sent after hello and the connection must be failed. */
export function violation(
  name: string,
  demand: string,
  ...frames: readonly [payload: Uint8Array | string, options?: FrameOptions][]
): Case {
  const run = (target: Target) =>
    afterHello(target, async (socket) => {
      for (const [payload, options] of frames) {
        if (!await socket.trySend(encodeFrame(payload, options))) break;
      }
      return await failure(socket);
    });
  return { name, demand, expected: FAILED, run };
}

/** A case of the opening request alone: the outcome is the status and what follows it. */
export function opening(
  name: string,
  demand: string,
  expected: string,
  options: OpenOptions,
): Case {
  const run = async (target: Target) => {
    await using socket = await RawWebSocket.open(target.port, through(target, options));
    const { status } = socket.answer;
    if (status !== 101) return status === 0 ? "cut" : String(status);
    const first = await socket.next();
    if (first === undefined) return "no challenge";
    return `101, ${JSON.parse(new TextDecoder().decode(first.payload)).event}`;
  };
  return { name, demand, expected, run };
}
