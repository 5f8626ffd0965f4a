import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ask,
  catalogOf,
  collect,
  delta,
  failureOf,
  sse,
  startProvider,
  textOf,
} from "./_fake_provider.ts";

/** A provider that sends raw bytes over TCP and then closes, or keeps silent. */
async function withRawProvider(
  bytes: string,
  { closes }: { closes: boolean },
  run: (baseUrl: string, received: Promise<void>) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received = Promise.withResolvers<void>();
  const serving = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(65536));
    received.resolve();
    await connection.write(new TextEncoder().encode(bytes));
    if (closes) return;
    // Silent until the client hangs up.
    while (
      await connection.read(new Uint8Array(1024)).catch(() => null) !== null
    );
  })();
  try {
    await run(`http://127.0.0.1:${listener.addr.port}/v1`, received.promise);
  } finally {
    await serving;
    listener.close();
  }
}

const HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const DATA = `data: ${JSON.stringify(delta({ content: "Hel" }))}\n\n`;
const CHUNK = `${DATA.length.toString(16)}\r\n${DATA}\r\n`;

Deno.test("stream() reports a connection that breaks in the middle as cut", async () => {
  await withRawProvider(HEAD + CHUNK, { closes: true }, async (baseUrl) => {
    const texts: string[] = [];
    const model = catalogOf(baseUrl).create({ provider: "fake", model: "m1" });
    const error = await failureOf((async () => {
      for await (const event of model.stream(ask())) {
        if (event.type === "text") texts.push(event.delta);
      }
    })());
    assertEquals(texts, ["Hel"]);
    assertEquals([error.kind, error.code, error.retryable], ["cut", "PROVIDER_CUT", true]);
  });
});

Deno.test("stream() reports a stream that ends without finishing as cut", async () => {
  await using provider = startProvider(() => sse(delta({ content: "Hel" })));
  const error = await failureOf(collect(catalogOf(provider.baseUrl)));
  assertEquals(error.code, "PROVIDER_CUT");
});

Deno.test("stream() reports half a chunk at the end as cut", async () => {
  await using provider = startProvider(() => sse(delta({ content: "Hel" }), 'data: {"id":"ch'));
  const error = await failureOf(collect(catalogOf(provider.baseUrl)));
  assertEquals(error.code, "PROVIDER_CUT");
});

Deno.test("stream() takes an answer whose end lacks [DONE] or the finish reason", async () => {
  const endings = [[delta({}, "stop")], ["[DONE]"], [delta({}, "stop"), "data: [DONE]"]];
  for (const ending of endings) {
    await using provider = startProvider(() => sse(delta({ content: "ok" }), ...ending));
    const events = await collect(catalogOf(provider.baseUrl));
    assertEquals([textOf(events), events.at(-1)?.type], ["ok", "end"]);
  }
});

Deno.test("stream() gives up on a provider that stalls in the middle", async () => {
  await withRawProvider(HEAD + CHUNK, { closes: false }, async (baseUrl) => {
    const error = await failureOf(collect(catalogOf(baseUrl, { idleTimeoutMs: 50 })));
    assertEquals([error.kind, error.code], ["timeout", "PROVIDER_TIMEOUT"]);
    assertStringIncludes(error.message, "was silent for 50ms");
  });
});

Deno.test("stream() gives up on a provider that never answers", async () => {
  await withRawProvider("", { closes: false }, async (baseUrl) => {
    const error = await failureOf(collect(catalogOf(baseUrl, { idleTimeoutMs: 50 })));
    assertEquals(error.code, "PROVIDER_TIMEOUT");
  });
});

Deno.test("stream() throws the reason of an abort before the first byte", async () => {
  await withRawProvider("", { closes: false }, async (baseUrl, received) => {
    const controller = new AbortController();
    const reason = new Error("stop");
    const pending = collect(catalogOf(baseUrl), ask("hi", { signal: controller.signal }));
    void received.then(() => controller.abort(reason));
    assertEquals(await assertRejects(() => pending), reason);
  });
});

Deno.test("stream() throws the reason of an abort that came before the call", async () => {
  const reason = new Error("stop");
  const request = ask("hi", { signal: AbortSignal.abort(reason) });
  const pending = collect(catalogOf("http://127.0.0.1:9/v1"), request);
  assertEquals(await assertRejects(() => pending), reason);
});

Deno.test("stream() throws the reason of an abort in mid-stream and hangs up", async () => {
  await withRawProvider(HEAD + CHUNK, { closes: false }, async (baseUrl) => {
    const controller = new AbortController();
    const reason = new Error("stop");
    const model = catalogOf(baseUrl).create({ provider: "fake", model: "m1" });
    const thrown = await assertRejects(async () => {
      for await (
        const _ of model.stream(ask("hi", { signal: controller.signal }))
      ) {
        controller.abort(reason);
      }
    });
    assertEquals(thrown, reason);
  });
});

Deno.test("stream() hangs up when its reader stops early", async () => {
  await withRawProvider(HEAD + CHUNK, { closes: false }, async (baseUrl) => {
    const model = catalogOf(baseUrl).create({ provider: "fake", model: "m1" });
    for await (const event of model.stream(ask())) {
      assertEquals(event.type, "text");
      break;
    }
  });
});

Deno.test("stream() reports garbage lines", async () => {
  const answers = ["data: {oops\n\n", 'data: "text"\n\n', "data: 17\n\n"];
  for (const answer of answers) {
    await using provider = startProvider(() => sse(answer, delta({}, "stop")));
    const error = await failureOf(collect(catalogOf(provider.baseUrl)));
    assertEquals([error.kind, error.code], ["garbage", "PROVIDER_BAD_ANSWER"]);
  }
});

Deno.test("stream() reports an HTML answer by its type", async () => {
  await using provider = startProvider(() =>
    new Response("<!doctype html><title>Login</title>", {
      headers: { "content-type": "text/html" },
    })
  );
  const error = await failureOf(collect(catalogOf(provider.baseUrl)));
  assertEquals(error.code, "PROVIDER_BAD_ANSWER");
  assertStringIncludes(error.message, 'answered with "text/html" instead of an event stream');
});

Deno.test("stream() reports an error object that came with status 200", async () => {
  await using provider = startProvider(() =>
    Response.json({ error: { message: "No auth", code: 401 } })
  );
  const error = await failureOf(collect(catalogOf(provider.baseUrl)));
  assertEquals([error.code, error.status], ["PROVIDER_AUTH_FAILED", 401]);
});

Deno.test("stream() reports an empty stream", async () => {
  await using provider = startProvider((index) => index === 0 ? sse() : sse("[DONE]"));
  const catalog = catalogOf(provider.baseUrl);
  assertEquals((await failureOf(collect(catalog))).code, "PROVIDER_CUT");
  assertEquals((await failureOf(collect(catalog))).code, "PROVIDER_BAD_ANSWER");
});

Deno.test("stream() replaces invalid UTF-8 and joins characters split over chunks", async () => {
  const head = new TextEncoder().encode('data: {"choices":[{"delta":{"content":"a');
  const tail = new TextEncoder().encode('z"},"finish_reason":"stop"}]}\n\n');
  const bytes = (...middle: number[]) => new Uint8Array(middle);
  await using provider = startProvider((index) =>
    index === 0
      ? sse(head, bytes(0xff, 0xc3), tail, "[DONE]")
      : sse(head, bytes(0xe2, 0x82), bytes(0xac), tail, "[DONE]")
  );
  const catalog = catalogOf(provider.baseUrl);
  assertEquals(textOf(await collect(catalog)), "a\ufffd\ufffdz");
  assertEquals(textOf(await collect(catalog)), "a€z");
});

Deno.test("stream() refuses a line of ten megabytes without keeping it", async () => {
  const megabyte = new Uint8Array(1024 * 1024).fill(120);
  await using provider = startProvider(() => sse("data: ", ...Array(10).fill(megabyte)));
  const error = await failureOf(collect(catalogOf(provider.baseUrl)));
  assertEquals(error.code, "PROVIDER_BAD_ANSWER");
  assertStringIncludes(error.message, "more than 4 MiB");
});

Deno.test("stream() cuts a long page in an error down to its title", async () => {
  const page = `<html><title>502 Bad Gateway</title>${"x".repeat(500_000)}</html>`;
  await using provider = startProvider(() => new Response(page, { status: 502 }));
  const error = await failureOf(collect(catalogOf(provider.baseUrl)));
  assertEquals(error.code, "PROVIDER_OVERLOADED");
  assertStringIncludes(error.message, '"502 Bad Gateway"');
  assert(error.message.length < 500);
});
