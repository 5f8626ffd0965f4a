import { assertEquals, assertRejects } from "@std/assert";
import { readJsonBody } from "./body.ts";
import { HttpError } from "./errors.ts";

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://gateway.test/", { method: "POST", body, headers });
}

async function refusal(request: Request, maxBytes = 100, timeoutMs?: number): Promise<HttpError> {
  return await assertRejects(() => readJsonBody(request, maxBytes, timeoutMs), HttpError);
}

function chunked(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
}

Deno.test("readJsonBody() reads JSON whatever its content type and chunking", async () => {
  assertEquals(await readJsonBody(post('{"a":1}', { "content-type": "text/plain" }), 100), {
    a: 1,
  });
  assertEquals(await readJsonBody(post(chunked('{"a":"', "\u00e4", '"}')), 100), { a: "\u00e4" });
  assertEquals(await readJsonBody(post("[1]"), 100), [1]);
});

Deno.test("readJsonBody() takes an empty body as an empty object", async () => {
  assertEquals(await readJsonBody(new Request("http://a/", { method: "POST" }), 10), {});
  assertEquals(await readJsonBody(post(""), 10), {});
  assertEquals(await readJsonBody(post(" \n"), 10), {});
});

Deno.test("readJsonBody() accepts the limit and refuses one byte more", async () => {
  const text = JSON.stringify("x".repeat(98));
  assertEquals(await readJsonBody(post(text), 100), "x".repeat(98));
  const error = await refusal(post(text), 99);
  assertEquals([error.status, error.message], [413, "Payload too large"]);
});

Deno.test("readJsonBody() stops reading at the limit", async () => {
  let pulls = 0;
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls++;
      controller.enqueue(new Uint8Array(60));
    },
    cancel() {
      isCancelled = true;
    },
  });
  assertEquals((await refusal(post(endless))).code, "PAYLOAD_TOO_LARGE");
  assertEquals(isCancelled, true);
  assertEquals(pulls < 5, true);
});

Deno.test("readJsonBody() refuses a declared length over the limit unread", async () => {
  const request = post("{}", { "content-length": "101" });
  assertEquals((await refusal(request)).status, 413);
  assertEquals(request.bodyUsed, false);
});

Deno.test("readJsonBody() answers a body that does not arrive with 408", async () => {
  let isCancelled = false;
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
    cancel: () => void (isCancelled = true),
  });
  const error = await refusal(post(silent), 100, 5);
  assertEquals([error.status, error.message], [408, "Request body timeout"]);
  assertEquals(isCancelled, true);
});

Deno.test("readJsonBody() quotes the parser on invalid JSON", async () => {
  const error = await refusal(post("{nope}"));
  assertEquals([error.status, error.type], [400, "invalid_request_error"]);
  assertEquals(/JSON/.test(error.message), true);
});

Deno.test("readJsonBody() refuses invalid UTF-8 and compressed bodies", async () => {
  const invalid = await refusal(post(new Uint8Array([0x22, 0xff, 0x22])));
  assertEquals([invalid.status, invalid.message], [400, "Request body is not valid UTF-8"]);
  const packed = await refusal(post("{}", { "content-encoding": "gzip" }));
  assertEquals([packed.status, packed.code], [415, "UNSUPPORTED_ENCODING"]);
});

Deno.test("readJsonBody() tells a broken connection from bad JSON", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("connection reset")),
  });
  assertEquals((await refusal(post(broken))).code, "BODY_INCOMPLETE");
});

Deno.test("readJsonBody() survives random bytes with a 400", async () => {
  const seed = 20260512;
  let state = seed;
  const next = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16 & 0xff;
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from({ length: next() % 40 }, next);
    try {
      await readJsonBody(post(bytes), 100);
    } catch (error) {
      assertEquals((error as HttpError).status, 400, `seed ${seed}, round ${round}`);
    }
  }
});

Deno.test("readJsonBody() mends halves of characters, as a cut through one leaves them, and nothing else", async () => {
  const text = String.raw`{"a":["\ud83d\ude00",{"b":"\\ud83d \\u0000"}],"n":"x\ud83d\u0000"}`;
  assertEquals(await readJsonBody(post(text), 100), {
    a: ["\u{1f600}", { b: "\\ud83d \\u0000" }],
    n: "x\ufffd\0",
  });
});

Deno.test("readJsonBody() refuses what can be parsed and not be worked with", async () => {
  const deep = `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  const cases: [text: string, message: string][] = [
    [deep, "Request body has more than 256 levels of lists and objects"],
    ['{"a":1,"a":1}', 'Request body has the field "a" twice'],
    ['{"a":{"__proto__":1}}', 'Request body has a field named "__proto__"'],
  ];
  for (const [text, message] of cases) {
    const error = await assertRejects(() => readJsonBody(post(text), 100_000), HttpError);
    assertEquals([error.status, error.message], [400, message]);
  }
});
