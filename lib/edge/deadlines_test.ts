import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type EdgeHandler } from "./guard.ts";
import { get, post, type RawClient, SteppingClock, TestGuard } from "./_testing.ts";
import type { EdgeLimits } from "./limits.ts";

/** Turns of the event loop after which what can go on by itself has gone on. */
const QUIET_TURNS = 50;

function echo(request: Request): Promise<Response> {
  return request.text().then((text) => new Response(`<${text}>`));
}

/** A guard whose time stands still. */
async function openGuard(handler: EdgeHandler, limits: Partial<EdgeLimits>) {
  const clock = new SteppingClock();
  const guard = await TestGuard.open(handler, limits, undefined, clock);
  return { clock, guard, [Symbol.asyncDispose]: () => guard[Symbol.asyncDispose]() };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Waits until the guard has looked at its deadlines. */
async function untilLooked(clock: SteppingClock): Promise<void> {
  const before = clock.looks;
  while (clock.looks < before + 2) await nextTurn();
}

/** Waits until the guard takes nothing more of what the client has to send. */
async function untilStuck(client: RawClient): Promise<void> {
  for (let turn = 0, seen = -1; turn < QUIET_TURNS; turn++) {
    if (client.sentBytes !== seen) turn = 0;
    seen = client.sentBytes;
    await nextTurn();
  }
}

/** Sends a byte now and then until the connection ends. */
async function trickle(client: RawClient): Promise<void> {
  try {
    while (true) {
      await client.send("x");
      await nextTurn();
    }
  } catch {
    // Cut by the guard.
  }
}

Deno.test("EdgeGuard gives a head its time, however slowly it comes", async () => {
  await using place = await openGuard(echo, { headMs: 60 });
  const { clock, guard } = place;
  using silent = await guard.dial();
  using half = await guard.dial("GET / HTTP/1.1\r\n");
  using slow = await guard.dial("GET / HTTP/1.1\r\nX: ");
  using whole = await guard.dial("GET / HTTP/1.1\r\n");
  await guard.settle();
  clock.advance(60);
  await untilLooked(clock);
  await slow.send("x");
  await whole.send("Host: gateway.example\r\n\r\n");
  await whole.until("<>");
  clock.advance(1);
  assertEquals(await silent.rest(), "");
  assertMatch(await half.rest(), /^HTTP\/1\.1 408 [^]*head came too slowly/);
  assertMatch(await slow.rest(), /^HTTP\/1\.1 408 /);
});

Deno.test("EdgeGuard gives the second head the same time, and ends idle connections", async () => {
  await using place = await openGuard(echo, { headMs: 60, idleMs: 30 });
  const { clock, guard } = place;
  using client = await guard.dial(get("/"));
  using idle = await guard.dial(get("/"));
  await Promise.all([client.until("<>"), idle.until("<>")]);
  await guard.settle();
  await client.send("GET / HT");
  await guard.settle();
  clock.advance(31);
  assertEquals(await idle.rest(), "");
  clock.advance(30);
  assertMatch(await client.rest(), /^HTTP\/1\.1 408 /);
});

Deno.test("EdgeGuard counts a pipelined half of a head from the end of the answer", async () => {
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using place = await openGuard(async () => {
    asked.resolve();
    await answer.promise;
    return new Response("late");
  }, { headMs: 40 });
  const { clock, guard } = place;
  using client = await guard.dial(get("/") + "GET /next HT");
  await asked.promise;
  // The time of a head does not run while the answer is awaited.
  clock.advance(80);
  await untilLooked(clock);
  answer.resolve();
  assertMatch(await client.until("late"), /^HTTP\/1\.1 200 /);
  await guard.settle();
  clock.advance(41);
  assertMatch(await client.rest(), /^HTTP\/1\.1 408 /);
});

Deno.test("EdgeGuard ends a body that stops", async () => {
  await using place = await openGuard(echo, { bodyIdleMs: 40 });
  const { clock, guard } = place;
  using client = await guard.dial(post("Content-Length: 5\r\n") + "he");
  using chunked = await guard.dial(post("Transfer-Encoding: chunked\r\n") + "5\r\nhe");
  await guard.settle();
  clock.stepMs = 5;
  assertMatch(await client.rest(), /^HTTP\/1\.1 408 [^]*body came too slowly/);
  assertMatch(await chunked.rest(), /^HTTP\/1\.1 408 /);
});

Deno.test("EdgeGuard ends a body that trickles", async () => {
  await using place = await openGuard(echo, { bodyGraceMs: 40, minBodyRate: 100_000 });
  const { clock, guard } = place;
  using client = await guard.dial(post("Content-Length: 50000\r\n"));
  clock.stepMs = 5;
  const trickling = trickle(client);
  assertMatch(await client.rest(), /^HTTP\/1\.1 408 [^]*body came too slowly/);
  client[Symbol.dispose]();
  await trickling;
});

Deno.test("EdgeGuard does not count the time that the server takes for a body", async () => {
  const reads = Promise.withResolvers<void>();
  const limits = { bodyGraceMs: 1, minBodyRate: 1_000_000 };
  await using place = await openGuard(async (request) => {
    await reads.promise;
    return new Response(`<${(await request.text()).length}>`);
  }, limits);
  const { clock, guard } = place;
  const size = 3_000_000;
  using client = await guard.dial(post(`Content-Length: ${size}\r\n`));
  const sent = client.send("x".repeat(size));
  await untilStuck(client);
  clock.advance(60_000);
  await untilLooked(clock);
  reads.resolve();
  await sent;
  assertStringIncludes(await client.until(">"), `<${size}>`);
});

Deno.test("EdgeGuard cuts a peer that does not read, and the handler's stream ends", async () => {
  const cancelled = Promise.withResolvers<void>();
  const piece = new Uint8Array(1024 * 1024);
  await using place = await openGuard(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(piece),
        cancel: () => cancelled.resolve(),
      }),
    ), { writeStallMs: 50 });
  using client = await place.guard.dial(get("/"));
  await client.until("200 OK");
  place.clock.stepMs = 5;
  await cancelled.promise;
});

Deno.test("EdgeGuard leaves a peer alone that reads slowly and without an end", async () => {
  const pieces = 40;
  const piece = new Uint8Array(256 * 1024);
  await using place = await openGuard(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < pieces; i++) controller.enqueue(piece);
          controller.close();
        },
      }),
    ), { writeStallMs: 300 });
  const { clock, guard } = place;
  using client = await guard.dial(get("/", "Connection: close\r\n"));
  const buffer = new Uint8Array(64 * 1024);
  let bytes = 0;
  const startedAt = clock.now();
  for (let count = await client.conn.read(buffer); count !== null;) {
    bytes += count;
    clock.advance(3);
    await nextTurn();
    count = await client.conn.read(buffer);
  }
  assert(bytes > pieces * piece.length);
  assert(clock.now() - startedAt > 300);
});
