import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { get, post, type RawClient, TestGuard } from "./_testing.ts";

function echo(request: Request): Promise<Response> {
  return request.text().then((text) => new Response(`<${text}>`));
}

/** Sends a byte now and then until the connection ends. */
async function trickle(client: RawClient, everyMs: number): Promise<void> {
  try {
    while (true) {
      await client.send("x");
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  } catch {
    // Cut by the guard.
  }
}

Deno.test("EdgeGuard gives a head its time, however slowly it comes", async () => {
  await using guard = await TestGuard.open(echo, { headMs: 60 });
  using silent = await guard.dial();
  assertEquals(await silent.rest(), "");
  using half = await guard.dial("GET / HTTP/1.1\r\n");
  assertMatch(await half.rest(), /^HTTP\/1\.1 408 [^]*head came too slowly/);
  using slow = await guard.dial("GET / HTTP/1.1\r\nX: ");
  const trickling = trickle(slow, 5);
  assertMatch(await slow.rest(), /^HTTP\/1\.1 408 /);
  slow[Symbol.dispose]();
  await trickling;
});

Deno.test("EdgeGuard gives the second head the same time, and ends idle connections", async () => {
  await using guard = await TestGuard.open(echo, { headMs: 60 });
  using client = await guard.dial(get("/"));
  await client.until("<>");
  await client.send("GET / HT");
  assertMatch(await client.rest(), /^HTTP\/1\.1 408 /);
  await using other = await TestGuard.open(echo, { idleMs: 30 });
  using idle = await other.dial(get("/"));
  assertMatch(await idle.rest(), /<>$/);
});

Deno.test("EdgeGuard counts a pipelined half of a head from the end of the answer", async () => {
  const answer = Promise.withResolvers<void>();
  await using guard = await TestGuard.open(async () => {
    await answer.promise;
    return new Response("late");
  }, { headMs: 40 });
  using client = await guard.dial(get("/") + "GET /next HT");
  // Twice the time of a head: it does not run while the answer is awaited.
  await new Promise((resolve) => setTimeout(resolve, 80));
  answer.resolve();
  assertMatch(await client.rest(), /^HTTP\/1\.1 200 [^]*lateHTTP\/1\.1 408 /);
});

Deno.test("EdgeGuard ends a body that stops", async () => {
  await using guard = await TestGuard.open(echo, { bodyIdleMs: 40 });
  using client = await guard.dial(post("Content-Length: 5\r\n") + "he");
  assertMatch(await client.rest(), /^HTTP\/1\.1 408 [^]*body came too slowly/);
  using chunked = await guard.dial(post("Transfer-Encoding: chunked\r\n") + "5\r\nhe");
  assertMatch(await chunked.rest(), /^HTTP\/1\.1 408 /);
});

Deno.test("EdgeGuard ends a body that trickles", async () => {
  await using guard = await TestGuard.open(echo, { bodyGraceMs: 40, minBodyRate: 100_000 });
  using client = await guard.dial(post("Content-Length: 50000\r\n"));
  const trickling = trickle(client, 1);
  assertMatch(await client.rest(), /^HTTP\/1\.1 408 /);
  client[Symbol.dispose]();
  await trickling;
});

Deno.test("EdgeGuard does not count the time that the server takes for a body", async () => {
  const limits = { bodyGraceMs: 1, minBodyRate: 1_000_000, bodyIdleMs: 5000 };
  await using guard = await TestGuard.open(async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return new Response(`<${(await request.text()).length}>`);
  }, limits);
  const size = 3_000_000;
  using client = await guard.dial(post(`Content-Length: ${size}\r\n`) + "x".repeat(size));
  assertStringIncludes(await client.until(">"), `<${size}>`);
});

Deno.test("EdgeGuard cuts a peer that does not read, and the handler's stream ends", async () => {
  const cancelled = Promise.withResolvers<void>();
  const piece = new Uint8Array(1024 * 1024);
  await using guard = await TestGuard.open(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(piece),
        cancel: () => cancelled.resolve(),
      }),
    ), { writeStallMs: 50 });
  using client = await guard.dial(get("/"));
  await client.until("200 OK");
  await cancelled.promise;
});

Deno.test("EdgeGuard leaves a peer alone that reads slowly and without an end", async () => {
  const pieces = 40;
  const piece = new Uint8Array(256 * 1024);
  await using guard = await TestGuard.open(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < pieces; i++) controller.enqueue(piece);
          controller.close();
        },
      }),
    ), { writeStallMs: 300 });
  using client = await guard.dial(get("/", "Connection: close\r\n"));
  const buffer = new Uint8Array(64 * 1024);
  let bytes = 0;
  const startedAt = performance.now();
  for (let count = await client.conn.read(buffer); count !== null;) {
    bytes += count;
    await new Promise((resolve) => setTimeout(resolve, 5));
    count = await client.conn.read(buffer);
  }
  assert(bytes > pieces * piece.length);
  assert(performance.now() - startedAt > 300);
});
