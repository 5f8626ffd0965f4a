/**
 * Bent requests by the hundred: the server behind the guard never reads one that the guard has not.
 *
 * `OPENCLAW_FUZZ_SEED` repeats a run.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { silentLogger } from "../base/mod.ts";
import { get, SteppingClock, TestGuard } from "./_testing.ts";

const RANDOM_CONNECTIONS = 400;
const PARALLEL = 30;
const INNER = "GET /inner HTTP/1.1\r\nHost: x\r\n\r\n";
/** What readers of HTTP have disagreed about. */
const FRAMINGS = [
  `Content-Length: ${INNER.length}`,
  `Content-Length: +${INNER.length}`,
  `Content-Length: 0x10`,
  `Content-Length: ${INNER.length}, ${INNER.length}`,
  "Content-Length: 5",
  "Content-Length: 5\r\nContent-Length: 6",
  "Content-Length: 5\r\nTransfer-Encoding: chunked",
  `Content-Length: ${INNER.length + 5}\r\nTransfer-Encoding: chunked`,
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: Chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding\t: chunked",
  " Transfer-Encoding: chunked",
  "X: y\r\n Transfer-Encoding: chunked",
  "X: y\nTransfer-Encoding: chunked",
  "X: y\rTransfer-Encoding: chunked",
  "Upgrade: websocket\r\nConnection: upgrade",
  "Upgrade: h2c\r\nConnection: upgrade, http2-settings",
  "Expect: 100-continue\r\nContent-Length: 5",
  "Connection: close",
  "Connection: content-length\r\nContent-Length: 3",
];
const BODIES = [
  INNER,
  `hello${INNER}`,
  `0\r\n\r\n${INNER}`,
  `0\n\n${INNER}`,
  `1\r\na\r\n0\r\n\r\n${INNER}`,
  `${INNER.length.toString(16)}\r\n${INNER}\r\n0\r\n\r\n`,
  `1;x=\ny\r\na\r\n0\r\n\r\n${INNER}`,
  `00000000000000001\r\na\r\n0\r\n\r\n`,
  `ffffffffffffffff\r\n${INNER}`,
  `2\r\na\r\n0\r\n\r\n${INNER}`,
  `0\r\nX: y\r\n\r\n${INNER}`,
  `0\r\nX: y\n\r\n${INNER}`,
];

/** Random choices that a seed repeats. */
function choices(seed: number): (below: number) => number {
  let state = seed % 2147483646 + 1;
  return (below) => (state = state * 48271 % 2147483647) % below;
}

function bentRequest(below: (count: number) => number): string {
  const method = ["POST", "GET", "HEAD", "CONNECT", "OPTIONS"][below(5)];
  const version = below(8) === 0 ? "1.0" : "1.1";
  const framing = FRAMINGS[below(FRAMINGS.length)];
  const second = below(4) === 0 ? `${FRAMINGS[below(FRAMINGS.length)]}\r\n` : "";
  const body = BODIES[below(BODIES.length)];
  const text = `${method} /outer HTTP/${version}\r\nHost: x\r\n${framing}\r\n${second}\r\n${body}`;
  if (below(3) > 0) return text + get("/after");
  const at = below(text.length);
  return text.slice(0, at) + String.fromCharCode(below(128)) + text.slice(at + below(3));
}

/** Each framing with each body as they are, then random ones. */
function requests(below: (count: number) => number): string[] {
  const plain = FRAMINGS.flatMap((framing) =>
    BODIES.map((body) => `POST /outer HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n${body}`)
  );
  return [...plain, ...Array.from({ length: RANDOM_CONNECTIONS }, () => bentRequest(below))];
}

Deno.test("EdgeGuard: no bent request is read otherwise behind it", async () => {
  const given = Deno.env.get("OPENCLAW_FUZZ_SEED");
  const seed = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0]! : Number(given);
  console.log(`OPENCLAW_FUZZ_SEED=${seed}`);
  const times = { headMs: 40, bodyIdleMs: 40, idleMs: 40, lingerMs: 40 };
  const warnings: string[] = [];
  let served = 0;
  const clock = new SteppingClock();
  clock.stepMs = 5;
  await using guard = await TestGuard.open(
    async (request) => {
      served++;
      await request.arrayBuffer().catch(() => undefined);
      return new Response("done");
    },
    times,
    { ...silentLogger, warn: (text) => void warnings.push(text) },
    clock,
  );
  const texts = requests(choices(seed));
  for (let at = 0; at < texts.length; at += PARALLEL) {
    await Promise.all(
      texts.slice(at, at + PARALLEL).map(async (text) => {
        using client = await guard.dial(text);
        await client.rest();
      }),
    );
    // A request that the guard did not write has no name of its connection, and is told of.
    assertEquals(warnings, [], JSON.stringify(texts.slice(at, at + PARALLEL)));
  }
  assert(served > texts.length / 10, `${served} requests were served`);
  clock.stepMs = 0;
  using last = await guard.dial(get("/last", "Connection: close\r\n"));
  assertEquals((await last.rest()).slice(9, 12), "200");
});
