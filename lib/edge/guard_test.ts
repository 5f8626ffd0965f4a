import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { get, post, TestGuard } from "./_testing.ts";

/** Answers with what it sees of the request. */
async function mirror(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  return new Response(`<${request.method} ${pathname} ${await request.text()}>`);
}

/** The status of an answer's first line. */
function statusOf(answer: string): string {
  return answer.slice(9, 12);
}

Deno.test("EdgeGuard passes on several requests of a connection, with the real peer", async () => {
  const seen: unknown[] = [];
  await using guard = await TestGuard.open((request, line) => {
    seen.push([request.url, request.headers.get("x-forwarded-for"), line.remoteAddr]);
    return new Response("done");
  });
  using client = await guard.dial();
  const { hostname, port } = client.conn.localAddr as Deno.NetAddr;
  const peer = { transport: "tcp", hostname, port };
  for (let i = 0; i < 3; i++) {
    await client.send(get(`/${i}?q`, "X-Forwarded-For: 192.0.2.1\r\n"));
    assertEquals(statusOf(await client.until("done")), "200");
  }
  const rows = [0, 1, 2].map((i) => [`http://gateway.example/${i}?q`, "192.0.2.1", peer]);
  assertEquals(seen, rows);
});

Deno.test("EdgeGuard answers pipelined requests in their order, one after the other", async () => {
  let underWay = 0, most = 0;
  await using guard = await TestGuard.open(async (request) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 0));
    underWay--;
    return await mirror(request);
  });
  using client = await guard.dial(
    get("/a") + post("Content-Length: 2\r\n") + "hi" + get("/b") +
      get("/c", "Connection: close\r\n"),
  );
  const text = await client.rest();
  assertEquals(text.match(/<.*?>/g), ["<GET /a >", "<POST /post hi>", "<GET /b >", "<GET /c >"]);
  assertEquals(most, 1);
});

Deno.test("EdgeGuard passes on bodies of known length and in chunks", async () => {
  await using guard = await TestGuard.open(async (request) => {
    const { length } = await request.text();
    return new Response(`${request.headers.get("transfer-encoding")} ${length}!`);
  });
  using client = await guard.dial();
  const big = "x".repeat(1_000_000);
  await client.send(post(`Content-Length: ${big.length}\r\n`));
  await client.send(big);
  assertStringIncludes(await client.until("!"), "\r\n\r\nnull 1000000!");
  const chunks = `5;ext=1\r\nhello\r\n${
    big.length.toString(16)
  }\r\n${big}\r\n0\r\nX-Trailer: 1\r\n\r\n`;
  await client.send(post("Transfer-Encoding: chunked\r\n"));
  await client.send(chunks);
  assertStringIncludes(await client.until("!"), "\r\n\r\nchunked 1000005!");
  await client.send(get("/after"));
  assertStringIncludes(await client.until("!"), "null 0!");
});

Deno.test("EdgeGuard passes on 100 Continue to a client that waits for it", async () => {
  await using guard = await TestGuard.open(mirror);
  using client = await guard.dial(post("Content-Length: 2\r\nExpect: 100-continue\r\n"));
  assertMatch(await client.until("\r\n\r\n"), /^HTTP\/1\.1 100 /);
  await client.send("hi");
  assertStringIncludes(await client.until(">"), "<POST /post hi>");
});

Deno.test("EdgeGuard knows answers without a body, and HTTP/1.0", async () => {
  await using guard = await TestGuard.open((request) =>
    new Response(request.method === "DELETE" ? null : "body", {
      status: request.method === "DELETE" ? 204 : 200,
    })
  );
  using client = await guard.dial(get("/").replace("GET", "HEAD"));
  assertStringIncludes(await client.until("\r\n\r\n"), "content-length: 4");
  await client.send(get("/").replace("GET", "DELETE"));
  assertEquals(statusOf(await client.until("\r\n\r\n")), "204");
  await client.send(get("/"));
  assertEquals(statusOf(await client.until("body")), "200");
  using old = await guard.dial(get("/", "", "1.0"));
  assertMatch(await old.rest(), /^HTTP\/1\.0 200 [^]*\r\n\r\nbody$/);
});

Deno.test("EdgeGuard passes on each piece of a stream as it comes", async () => {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  await using guard = await TestGuard.open(() => new Response(body));
  using client = await guard.dial(get("/"));
  await client.until("\r\n\r\n");
  for (const piece of ["one", "two", "three"]) {
    controller!.enqueue(new TextEncoder().encode(piece));
    await client.until(piece);
  }
  controller!.close();
  await client.until("0\r\n\r\n");
  await client.send(get("/"));
  assertEquals(statusOf(await client.until("\r\n")), "500");
});

Deno.test("EdgeGuard lets a client read an answer that came before the end of its body", async () => {
  await using guard = await TestGuard.open(() => new Response("too much", { status: 413 }));
  using client = await guard.dial(post("Content-Length: 9000000\r\n"));
  const sending = client.send("x".repeat(500_000));
  assertEquals(statusOf(await client.until("too much")), "413");
  await sending.catch(() => {});
  assertEquals(await client.rest(), "");
});

Deno.test("EdgeGuard tells the handler that a client went away", async () => {
  const [arrived, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using guard = await TestGuard.open(async ({ signal }) => {
    signal.addEventListener("abort", () => gone.resolve());
    arrived.resolve();
    await gone.promise;
    return new Response("late");
  });
  const client = await guard.dial(get("/"));
  await arrived.promise;
  client[Symbol.dispose]();
  await gone.promise;
});

Deno.test("EdgeGuard executes nothing behind a request that it refuses", async () => {
  const seen: string[] = [];
  await using guard = await TestGuard.open((request) => {
    seen.push(new URL(request.url).pathname);
    return mirror(request);
  });
  const smuggled = get("/smuggled");
  const attempts = [
    [post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + `0\r\n\r\n${smuggled}`, "400"],
    [post("Transfer-Encoding: chunked\r\n") + `zz\r\n${smuggled}`, "400"],
    [get("/ok\r\n") + smuggled, "400"],
    ["GET /x HTTP/1.1\nHost: a\n\n" + smuggled, "400"],
    [get("/x", `X-Pad: ${"x".repeat(20_000)}\r\n`) + smuggled, "431"],
  ];
  for (const [text, status] of attempts) {
    using client = await guard.dial(text);
    const answer = await client.rest();
    assertEquals(statusOf(answer), status, text!.slice(0, 80));
    assertMatch(answer, /\r\nConnection: close\r\n/);
  }
  assertEquals(seen.filter((path) => path === "/smuggled"), []);
});

Deno.test("EdgeGuard answers what was right before it refuses what follows", async () => {
  await using guard = await TestGuard.open(mirror);
  using client = await guard.dial(get("/right") + "wrong\r\n\r\n");
  const text = await client.rest();
  assertMatch(text, /^HTTP\/1\.1 200 [^]*<GET \/right >HTTP\/1\.1 400 /);
});

Deno.test("EdgeGuard refuses who comes to its inner server by another way", async () => {
  await using guard = await TestGuard.open(mirror);
  if (Deno.build.os === "windows") return;
  const path = `${guard.socketDir}/edge-127.0.0.1-${guard.port}.sock`;
  const conn = await Deno.connect({ transport: "unix", path });
  await conn.write(new TextEncoder().encode(get("/")));
  const buffer = new Uint8Array(1000);
  const text = new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  conn.close();
  assertEquals(statusOf(text), "403");
});

Deno.test("EdgeGuard says that it has no server behind it", async () => {
  await using guard = await TestGuard.open(mirror);
  if (Deno.build.os === "windows") return;
  const path = `${guard.socketDir}/edge-127.0.0.1-${guard.port}.sock`;
  await Deno.rename(path, `${path}.away`);
  using client = await guard.dial(get("/"));
  assertEquals(statusOf(await client.rest()), "503");
});

Deno.test("EdgeGuard takes so many connections of an address, and so many in all", async () => {
  await using guard = await TestGuard.open(mirror, { maxStrangersPerAddress: 2 });
  using first = await guard.dial(get("/"));
  using second = await guard.dial(get("/"));
  await Promise.all([first.until(">"), second.until(">")]);
  using third = await guard.dial();
  assertEquals(statusOf(await third.rest()), "503");
  first[Symbol.dispose]();
  await untilServed(guard);
  await using small = await TestGuard.open(mirror, { maxStrangers: 1 });
  using only = await small.dial(get("/"));
  await only.until(">");
  using other = await small.dial();
  assertEquals(statusOf(await other.rest()), "503");
});

/** Tries until a place is free: the end of a connection takes a moment to be noticed. */
async function untilServed(guard: TestGuard): Promise<void> {
  while (true) {
    using client = await guard.dial(get("/", "Connection: close\r\n"));
    if (statusOf(await client.rest()) === "200") return;
  }
}

Deno.test("EdgeGuard.close() lets a request under way end and takes no new ones", async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using guard = await TestGuard.open(async (request) => {
    if (request.url.endsWith("/idle")) return new Response("idle");
    arrived.resolve();
    await answer.promise;
    return new Response("late");
  });
  using idle = await guard.dial(get("/idle"));
  await idle.until("\r\n\r\nidle");
  using silent = await guard.dial();
  using busy = await guard.dial(get("/"));
  await arrived.promise;
  const closed = guard.guard.close(10_000);
  assertEquals(await idle.rest() + await silent.rest(), "");
  answer.resolve();
  assertStringIncludes(await busy.rest(), "late");
  await closed;
  assert(await guard.dial().then(() => false, () => true));
});

Deno.test("EdgeGuard.close() cuts what takes longer than the grace", async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using guard = await TestGuard.open(async () => {
    arrived.resolve();
    await answer.promise;
    return new Response("late");
  });
  using busy = await guard.dial(get("/"));
  await arrived.promise;
  await guard.guard.close(1);
  assertEquals(await busy.rest(), "");
  answer.resolve();
});
