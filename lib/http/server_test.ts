import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readJsonBody } from "./body.ts";
import { errorResponse, type HttpError } from "./errors.ts";
import {
  FakeGateway,
  helloRun,
  LOCAL_PEER,
  type RunScript,
  TEST_TOKEN,
  waitingRun,
} from "./testing.ts";
import type { HttpRunEvent } from "./types.ts";

const AUTH = { authorization: `Bearer ${TEST_TOKEN}` };
const HI = { messages: [{ role: "user", content: "hi" }] };

/** Runs `test` against a real listener on a free port. */
async function withServer(
  gateway: FakeGateway,
  test: (port: number) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => gateway.handle(request, LOCAL_PEER),
  );
  try {
    await test(server.addr.port);
  } finally {
    await server.shutdown();
  }
}

function chat(port: number, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: AUTH,
    body: JSON.stringify(body),
    ...init,
  });
}

Deno.test("createHttpHandler() streams over a real connection", async () => {
  await withServer(new FakeGateway(helloRun), async (port) => {
    const response = await chat(port, { ...HI, stream: true }, {
      headers: { ...AUTH, "accept-encoding": "gzip" },
    });
    assertEquals(response.headers.get("content-encoding"), null);
    const text = await response.text();
    assertStringIncludes(text, '"content":"Hel"');
    assert(text.endsWith("data: [DONE]\n\n"));
  });
});

Deno.test("createHttpHandler() sends each piece without waiting for the next", async () => {
  const gate = Promise.withResolvers<void>();
  const gateway = new FakeGateway(async function* (request) {
    yield { type: "text", delta: "first" } as HttpRunEvent;
    await gate.promise;
    yield* helloRun(request);
  });
  await withServer(gateway, async (port) => {
    const response = await chat(port, { ...HI, stream: true });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (!seen.includes('"content":"first"')) seen += (await reader.read()).value;
    gate.resolve();
    while (!(await reader.read()).done);
  });
});

Deno.test("createHttpHandler() ends the run of a client that hangs up", async () => {
  const silent: HttpRunEvent[] = [];
  const talking: HttpRunEvent[] = [{ type: "text", delta: "a" }];
  const cases: [boolean, HttpRunEvent[]][] = [[false, silent], [true, silent], [true, talking]];
  for (const [stream, first] of cases) {
    const ended = Promise.withResolvers<unknown>();
    const started = Promise.withResolvers<void>();
    const wait = waitingRun(first, ended.resolve);
    const run: RunScript = (request) => {
      started.resolve();
      return wait(request);
    };
    const gateway = new FakeGateway(run);
    await withServer(gateway, async (port) => {
      const client = new AbortController();
      const answer = chat(port, { ...HI, stream }, { signal: client.signal });
      const outcome = answer.then(async (response) => {
        await response.body!.getReader().read();
        return "answered";
      }).catch(() => "aborted");
      await started.promise;
      if (first.length > 0) assertEquals(await outcome, "answered");
      client.abort();
      await ended.promise;
      await outcome;
    });
    assertEquals(gateway.errors, []);
  }
});

Deno.test("createHttpHandler() lets a client that sent too much read the 413", async () => {
  const gateway = new FakeGateway(helloRun, { maxBodyBytes: () => 100_000 });
  await withServer(gateway, async (port) => {
    const large = new Uint8Array(8 * 1024 * 1024);
    const declared = await chat(port, null, { body: large });
    assertEquals([declared.status, (await declared.json()).error.message], [
      413,
      "Payload too large",
    ]);
    const chunked = await chat(port, null, { body: ReadableStream.from([large, large]) });
    assertEquals([chunked.status, (await chunked.json()).error.code], [413, "PAYLOAD_TOO_LARGE"]);
  });
});

Deno.test("createHttpHandler() refuses a credential without reading the body", async () => {
  await withServer(new FakeGateway(), async (port) => {
    const response = await chat(port, null, { body: new Uint8Array(4 * 1024 * 1024), headers: {} });
    assertEquals([response.status, (await response.json()).error.message], [401, "Unauthorized"]);
  });
});

Deno.test("readJsonBody() lets a client that sends too slowly read the 408", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      try {
        return Response.json(await readJsonBody(request, 1000, 30));
      } catch (error) {
        return errorResponse(error as HttpError, "openai");
      }
    },
  );
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n";
  await conn.write(new TextEncoder().encode(`${head}{"a":`));
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let text = "";
  while (!text.includes('"code":"BODY_TIMEOUT"')) {
    text += decoder.decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  }
  assert(text.startsWith("HTTP/1.1 408 "), text);
  conn.close();
  await server.shutdown();
});
