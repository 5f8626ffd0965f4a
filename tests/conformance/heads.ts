/**
 * Malformed requests in a fixed, seeded order, and what a server makes of them.
 *
 * @module
 */
import type { Dice } from "./fuzz.ts";

const encoder = new TextEncoder();
const LATIN1 = new TextDecoder("latin1");

/** Bytes that parsers disagree about. */
const NASTY = [...'\r\n\0\t :;,"\\%/?#@\x7f\x80\xff0'] as [string, ...string[]];
/** Lines that change how a request is read. */
const LINES: readonly [string, ...string[]] = [
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: -1",
  "Content-Length: 5, 5",
  "Content-Length : 5",
  "Content-Length: 18446744073709551616",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding: gzip, chunked",
  " Transfer-Encoding: chunked",
  "Transfer-Encoding\r\n: chunked",
  "Host: other.example",
  "Host:",
  "Expect: 100-continue",
  "Expect: nothing",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Connection: close",
  "Connection: Host, X-Edge",
  "X-Edge: 1",
  "\x0bX: 1",
  ": nameless",
  "no colon",
];
const STARTS: readonly [string, ...string[]] = [
  "GET /healthz HTTP/1.1",
  "HEAD /healthz HTTP/1.1",
  "POST /v1/chat/completions HTTP/1.1",
  "GET /healthz HTTP/1.0",
  "GET http://127.0.0.1/healthz HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "CONNECT 127.0.0.1:1 HTTP/1.1",
  "PRI * HTTP/2.0",
  "GET /healthz HTTP/1.1 ",
  "GET  /healthz HTTP/1.1",
  "GET /healthz",
];
const BODIES: readonly [string, ...string[]] = [
  "",
  "hello",
  "5\r\nhello\r\n0\r\n\r\n",
  "5\nhello\n0\n\n",
  "ffffffffffffffff\r\nhello",
  "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
];

/** A request with one to five things wrong, mostly. */
export function malformedRequest(dice: Dice): Uint8Array<ArrayBuffer> {
  const lines = [dice.pick(STARTS), "Host: 127.0.0.1"];
  for (let i = dice.below(4); i > 0; i--) {
    lines.splice(1 + dice.below(lines.length), 0, dice.pick(LINES));
  }
  if (dice.below(50) === 0) lines.push(`X-Pad: ${"x".repeat(dice.below(40_000))}`);
  if (dice.below(50) === 0) lines.push(...new Array<string>(dice.below(300)).fill("X: 1"));
  let text = `${lines.join("\r\n")}\r\n\r\n${dice.pick(BODIES)}`;
  for (let i = dice.below(3); i > 0; i--) text = damaged(text, dice);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function damaged(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  switch (dice.below(4)) {
    case 0:
      return text.slice(0, at) + dice.pick(NASTY) + text.slice(at);
    case 1:
      return text.slice(0, at) + dice.pick(NASTY) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + dice.below(8));
    default:
      return text.slice(0, at);
  }
}

/** Statuses of all answers, and endings that were none. */
export type HeadTally = Record<string, number>;

/** Where the requests go. */
export interface HeadTarget {
  readonly port: number;
  readonly hostname?: string;
}

/**
 * Sends malformed requests, each on a connection of its own, and reads until the server ends it.
 *
 * @returns How often which status came. `silence` is an end without an answer, `smuggled` an answer to
 * a request that the guard did not know of, `stuck` a connection that was not ended.
 */
export async function sendMalformedHeads(
  target: HeadTarget,
  dice: Dice,
  count: number,
): Promise<HeadTally> {
  const tally: HeadTally = {};
  const requests = function* () {
    for (let i = 0; i < count; i++) yield malformedRequest(dice);
  }();
  const worker = async () => {
    for (const request of requests) {
      for (const outcome of outcomesOf(await exchange(target, request))) {
        tally[outcome] = (tally[outcome] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return tally;
}

const AT_ONCE = 16;
const STUCK = "stuck";
/** Far beyond every deadline that a half-closed connection is left to. */
const STUCK_MS = 20_000;

async function exchange(target: HeadTarget, request: Uint8Array): Promise<string> {
  const conn = await Deno.connect({ hostname: target.hostname ?? "127.0.0.1", port: target.port });
  const timer = setTimeout(() => conn.close(), STUCK_MS);
  const buffer = new Uint8Array(32 * 1024);
  let text = "";
  try {
    await conn.write(request);
    // Nothing follows: a server that waits for more learns that it will not come.
    await conn.closeWrite();
    for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
      text += LATIN1.decode(buffer.subarray(0, read));
    }
  } catch (error) {
    if (error instanceof Deno.errors.Interrupted) text = STUCK;
  }
  clearTimeout(timer);
  if (text !== STUCK) conn.close();
  return text;
}

function outcomesOf(text: string): string[] {
  if (text === STUCK) return [STUCK];
  if (text === "") return ["silence"];
  if (text.includes("\r\n\r\nForbidden")) return ["smuggled"];
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => status!);
}

/** A request that is correct. */
export function correctRequest(target: string, headers = ""): Uint8Array<ArrayBuffer> {
  return encoder.encode(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`);
}
