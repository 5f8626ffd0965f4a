import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { type AddressPolicy, safeFetch, type SafeFetchOptions } from "./safe_fetch.ts";

const BOUNDS: SafeFetchOptions = { maxBytes: 1000, timeoutMs: 5000, maxRedirects: 3 };

/** A server on this machine under the name `files.test`, and the look-ups that were made. */
class World implements AsyncDisposable {
  readonly asked: { url: string; headers: Headers }[] = [];
  readonly lookups: string[] = [];
  /** Per look-up, what it answers; the last one stays. */
  addresses: string[][] = [["127.0.0.1"]];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(answer: (request: Request, path: string) => Response | Promise<Response>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      this.asked.push({ url: request.url, headers: request.headers });
      return answer(request, new URL(request.url).pathname);
    });
  }

  get port(): number {
    return this.#server.addr.port;
  }

  url(path: string, host = "files.test"): string {
    return `http://${host}:${this.port}${path}`;
  }

  /** Takes 127.0.0.1 for a public address. */
  get policy(): AddressPolicy {
    return {
      resolveHost: (name) => {
        this.lookups.push(name);
        const [next] = this.addresses.length > 1 ? this.addresses.splice(0, 1) : this.addresses;
        return Promise.resolve(next!);
      },
      isOpenAddress: (address) => address === "127.0.0.1",
    };
  }

  fetch(path: string, bounds: Partial<SafeFetchOptions> = {}) {
    return safeFetch(this.url(path), { ...BOUNDS, ...bounds }, this.policy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function reasonOf(fetching: Promise<unknown>): Promise<unknown> {
  const error = await assertRejects(() => fetching, AppError);
  assertEquals(error.code, "FETCH_FAILED");
  return (error.details as { reason: string }).reason;
}

Deno.test("safeFetch() connects to the address it checked, under the name that was asked for", async () => {
  await using world = new World(() =>
    new Response("text", { headers: { "content-type": "Text/Plain; charset=utf-8" } })
  );
  const { bytes, mimeType, charset, url } = await world.fetch("/a?b=c", { accept: "text/*" });
  assertEquals(new TextDecoder().decode(bytes), "text");
  assertEquals([mimeType, charset, url], ["text/plain", "utf-8", world.url("/a?b=c")]);
  const { headers } = world.asked[0]!;
  assertEquals(headers.get("host"), `files.test:${world.port}`);
  assertEquals([headers.get("accept"), headers.get("authorization")], ["text/*", null]);
  assertEquals(world.lookups, ["files.test"]);
});

Deno.test("safeFetch() asks for a name once per hop, so that a second answer means nothing", async () => {
  await using world = new World(() => new Response("x"));
  world.addresses = [["127.0.0.1"], ["10.0.0.1"]];
  assertEquals((await world.fetch("/")).bytes.length, 1);
  assertEquals(await reasonOf(world.fetch("/")), "blocked");
  assertEquals(world.asked.length, 1);
});

Deno.test("safeFetch() refuses a name when any of its addresses is closed, or when it has none", async () => {
  await using world = new World(() => new Response("x"));
  for (const addresses of [["127.0.0.1", "169.254.169.254"], ["10.0.0.1"], []]) {
    world.addresses = [addresses];
    assertEquals(await reasonOf(world.fetch("/")), "blocked");
  }
  assertEquals(world.asked, []);
});

Deno.test("safeFetch() sees through every spelling of an address that is not public", async () => {
  const policy = { resolveHost: () => Promise.reject(new Error("not asked for")) };
  await using world = new World(() => new Response("x"));
  const hosts = [
    "127.0.0.1",
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
    "017700000001",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[fd00::1]",
    "[fe80::1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "100.64.0.1",
    "192.168.0.1",
    "127.0.0.1.",
    "１２７.0.0.1",
  ];
  for (const host of hosts) {
    assertEquals(await reasonOf(safeFetch(world.url("/", host), BOUNDS, policy)), "blocked", host);
  }
  assertEquals(world.asked, []);
});

Deno.test("safeFetch() takes http and https without credentials, and nothing else", async () => {
  const policy = { resolveHost: () => Promise.resolve(["127.0.0.1"]), isOpenAddress: () => true };
  const urls = [
    "file:///etc/passwd",
    "ftp://files.test/",
    "data:text/plain,x",
    "blob:https://files.test/x",
    "javascript:1",
    "gopher://files.test/",
    "//files.test/",
    "http://",
    "",
    "https://user:secret@files.test/",
  ];
  for (const url of urls) {
    const error = await assertRejects(() => safeFetch(url, BOUNDS, policy), AppError);
    assertEquals((error.details as { reason: string }).reason, "url", url);
    assert(!error.message.includes("secret"), error.message);
  }
});

Deno.test("safeFetch() keeps queries out of its errors", async () => {
  await using world = new World(() => new Response("x", { status: 404 }));
  const error = await assertRejects(() => world.fetch("/a?key=hidden#frag"), AppError);
  assertMatch(error.message, /^Cannot fetch "http:\/\/files\.test:\d+\/a": the answer is 404$/);
});

Deno.test("safeFetch() follows redirects within the limit", async () => {
  await using world = new World((_, path) => {
    const left = Number(path.slice(1));
    if (left === 0) return new Response("end");
    return new Response(null, { status: 302, headers: { location: `/${left - 1}` } });
  });
  assertEquals((await world.fetch("/3")).url, world.url("/0"));
  assertEquals(world.lookups.length, 4);
  assertEquals(await reasonOf(world.fetch("/4")), "redirects");
});

Deno.test("safeFetch() checks where a redirect leads", async () => {
  await using inner = new World(() => new Response("inside"));
  await using world = new World((request) => {
    const location = new URL(request.url).searchParams.get("to")!;
    return new Response(null, { status: 307, headers: { location } });
  });
  const cases: [to: string, reason: string][] = [
    [`http://127.0.0.1:${inner.port}/`, "blocked"],
    [`http://[::ffff:7f00:1]:${inner.port}/`, "blocked"],
    ["http://169.254.169.254/latest/meta-data/", "blocked"],
    ["file:///etc/passwd", "url"],
    ["http://user:pw@files.test/", "url"],
  ];
  const policy: AddressPolicy = {
    resolveHost: () => Promise.resolve(["127.0.0.1"]),
    isOpenAddress: openOnce(),
  };
  for (const [to, reason] of cases) {
    const url = world.url(`/?to=${encodeURIComponent(to)}`);
    policy.isOpenAddress = openOnce();
    assertEquals(await reasonOf(safeFetch(url, BOUNDS, policy)), reason, to);
  }
  assertEquals(inner.asked, []);
});

/** Lets the first address through only. */
function openOnce(): () => boolean {
  let isFirst = true;
  return () => {
    const isOpen = isFirst;
    isFirst = false;
    return isOpen;
  };
}

Deno.test("safeFetch() asks the allowlist about every host on the way", async () => {
  await using world = new World((request) => {
    const location = request.url.replace("files.test", "other.test");
    return new Response(null, { status: 301, headers: { location } });
  });
  const isAllowedHost = (name: string) => name === "files.test";
  assertEquals(await reasonOf(world.fetch("/", { isAllowedHost })), "blocked");
  assertEquals(world.lookups, ["files.test"]);
});

Deno.test("safeFetch() stops reading at its limit, announced or not", async () => {
  const cancelled = Promise.withResolvers<void>();
  await using world = new World((_, path) => {
    if (path === "/exact") return new Response(new Uint8Array(1000));
    if (path === "/one-more") return new Response(streamOf(new Uint8Array(1001)));
    if (path === "/announced") return new Response(new Uint8Array(1001));
    return new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(new Uint8Array(100));
        },
        cancel: () => cancelled.resolve(),
      }),
    );
  });
  assertEquals((await world.fetch("/exact")).bytes.length, 1000);
  assertEquals(await reasonOf(world.fetch("/announced")), "size");
  assertEquals(await reasonOf(world.fetch("/one-more")), "size");
  assertEquals(await reasonOf(world.fetch("/endless")), "size");
  await cancelled.promise;
});

/** A body whose length is not announced. */
function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

Deno.test("safeFetch() refuses compressed answers, which may be larger than they look", async () => {
  await using world = new World(() =>
    new Response("x", { headers: { "content-encoding": "gzip" } })
  );
  assertEquals(await reasonOf(world.fetch("/")), "encoding");
});

Deno.test("safeFetch() ends in time, whatever does not come", async () => {
  const held = Promise.withResolvers<Response>();
  await using world = new World((_, path) => {
    if (path === "/head") return held.promise;
    return new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array(1)),
      }),
    );
  });
  assertEquals(await reasonOf(world.fetch("/head", { timeoutMs: 50 })), "timeout");
  assertEquals(await reasonOf(world.fetch("/body", { timeoutMs: 50 })), "timeout");
  held.resolve(new Response());
  const policy = { resolveHost: () => new Promise<string[]>(() => {}) };
  const lookingUp = safeFetch(world.url("/"), { ...BOUNDS, timeoutMs: 50 }, policy);
  assertEquals(await reasonOf(lookingUp), "timeout");
});

Deno.test("safeFetch() ends with its caller", async () => {
  const held = Promise.withResolvers<Response>();
  const controller = new AbortController();
  await using world = new World(() => {
    controller.abort(new Error("gone"));
    return held.promise;
  });
  await assertRejects(() => world.fetch("/", { signal: controller.signal }), Error, "gone");
  held.resolve(new Response());
});

Deno.test("safeFetch() says when an answer breaks off or nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    await connection.write(
      new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"),
    );
    connection.close();
  })();
  const policy = { resolveHost: () => Promise.resolve(["127.0.0.1"]), isOpenAddress: () => true };
  const url = `http://files.test:${listener.addr.port}/`;
  assertEquals(await reasonOf(safeFetch(url, BOUNDS, policy)), "network");
  await serving;
  listener.close();
  assertEquals(await reasonOf(safeFetch(url, BOUNDS, policy)), "network");
});
