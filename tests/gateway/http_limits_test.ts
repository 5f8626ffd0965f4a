import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { encodeRequest, readRaw, sendRaw, writeAll } from "../harness/raw_http.ts";
import { HeldProvider } from "../harness/held_provider.ts";

const AUTH = { authorization: `Bearer ${TOKEN}` };
const LIMIT = 100_000;

function config(http: Record<string, unknown>) {
  return { config: { gateway: { mode: "local", http } } };
}

const SMALL = config({ endpoints: { chatCompletions: { maxBodyBytes: LIMIT } } });

/** Sends a body in pieces until the gateway takes no more, and reads what it answered. */
async function sendOn(
  port: number,
  headers: Record<string, string>,
  piece: Uint8Array,
  times: number,
) {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = {
    method: "POST",
    target: "/v1/chat/completions",
    headers: { ...AUTH, ...headers },
  };
  await writeAll(conn, encodeRequest(port, request));
  const sending = (async () => {
    for (let i = 0; i < times; i++) await writeAll(conn, piece);
  })().catch(() => {});
  const answer = await readRaw(conn);
  conn.close();
  await sending;
  return answer;
}

Deno.test("limits: a body over the limit is answered with 413, however it comes", async () => {
  await using gateway = await TestGateway.start(SMALL);
  const { port } = gateway.gateway;
  const megabyte = new Uint8Array(1024 * 1024);
  const declared = await sendOn(
    port,
    { "content-length": String(64 * megabyte.length) },
    megabyte,
    64,
  );
  assertEquals(declared.status, 413, "declared, and sent on");
  const chunk = new TextEncoder().encode(`100000\r\n${"a".repeat(0x100000)}\r\n`);
  const chunked = await sendOn(port, { "transfer-encoding": "chunked" }, chunk, 64);
  assertEquals(chunked.status, 413, "chunked");
  const expecting = await sendOn(
    port,
    { expect: "100-continue", "content-length": String(2 * megabyte.length) },
    megabyte,
    0,
  );
  assertEquals(expecting.status, 413, "waiting to be told to go on");
  for (const { text } of [declared, chunked, expecting]) {
    assertStringIncludes(text, '"code":"PAYLOAD_TOO_LARGE"');
    assertStringIncludes(text, `The limit of this endpoint is ${LIMIT} bytes`);
  }
});

Deno.test("limits: another program reads the 413 of a body that it is still sending", async () => {
  await using gateway = await TestGateway.start(SMALL);
  const file = `${gateway.stateDir}/large`;
  await Deno.writeFile(file, new Uint8Array(32 * 1024 * 1024));
  for (const extra of [[], ["-H", "Expect:"], ["-H", "Transfer-Encoding: chunked"]]) {
    const url = `${gateway.httpUrl}/v1/chat/completions`;
    const args = ["-sS", "-w", "|%{http_code}", "--data-binary", `@${file}`];
    const { stdout, stderr } = await new Deno.Command("curl", {
      args: [...args, "-H", `authorization: Bearer ${TOKEN}`, ...extra, url],
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert(said.endsWith("|413"), `${said} ${new TextDecoder().decode(stderr)}`);
    assertStringIncludes(said, "Payload too large");
  }
});

Deno.test("limits: heads over 16 KiB are answered with 431, absurd ones not at all in our words", async () => {
  await using gateway = await TestGateway.start();
  const { port } = gateway.gateway;
  const large = await sendRaw(port, { target: "/healthz", headers: { "x-a": "a".repeat(17_000) } });
  assertEquals([large.status, JSON.parse(large.text).error.code], [431, "HEADERS_TOO_LARGE"]);
  const target = `/v1/models?${"a".repeat(20_000)}`;
  assertEquals((await sendRaw(port, { target, headers: AUTH })).status, 431);
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, "a"]));
  assertEquals((await sendRaw(port, { target: "/healthz", headers: many })).status, 400);
  for (const bad of ["/a b", "/\u0001", "x", "*"]) {
    const { status } = await sendRaw(port, { target: bad });
    assert(status === 400 || status === 404, `${bad}: ${status}`);
  }
  assertEquals((await sendRaw(port, { target: "/healthz" })).status, 200);
});

Deno.test("limits: a stop lets a stream end, refuses what comes later, and says so to probes", async () => {
  await using provider = new HeldProvider(5);
  const options = { config: provider.config, drainMs: 60_000 };
  const gateway = await TestGateway.start(options);
  const closing = Promise.withResolvers<void>();
  const stream = await fetch(`${gateway.httpUrl}/v1/chat/completions`, {
    method: "POST",
    headers: AUTH,
    body: JSON.stringify({ stream: true, messages: [{ role: "user", content: "hi" }] }),
  });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? "";
  gateway.gateway.close().then(closing.resolve, closing.reject);
  const { traffic } = gateway.gateway.state;
  assert(traffic.stopping.aborted);
  const late = await fetch(`${gateway.httpUrl}/v1/models`, { headers: AUTH });
  assertEquals([late.status, late.headers.get("retry-after")], [503, "2"]);
  assertEquals((await late.json()).error.code, "GATEWAY_STOPPING");
  const ready = await fetch(`${gateway.httpUrl}/readyz`);
  assertEquals([ready.status, (await ready.json()).failing], [503, ["stopping"]]);
  provider.release();
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  assertStringIncludes(text, '"finish_reason":"stop"');
  assert(text.endsWith("data: [DONE]\n\n"));
  await closing.promise;
  await Deno.remove(gateway.stateDir, { recursive: true });
});

Deno.test("limits: a stop ends a stream that does not, with an error and [DONE]", async () => {
  await using provider = new HeldProvider(5);
  const options = { config: provider.config, drainMs: 50 };
  const gateway = await TestGateway.start(options);
  const stream = await fetch(`${gateway.httpUrl}/v1/chat/completions`, {
    method: "POST",
    headers: AUTH,
    body: JSON.stringify({ stream: true, messages: [{ role: "user", content: "hi" }] }),
  });
  const reading = stream.text();
  await gateway.gateway.close();
  const text = await reading;
  assertStringIncludes(text, '"code":"RUN_ABORTED"');
  assert(text.endsWith("data: [DONE]\n\n"));
  await Deno.remove(gateway.stateDir, { recursive: true });
});

Deno.test("limits: a stop does not wait for who follows a session", async () => {
  const gateway = await TestGateway.start({ drainMs: 60_000 });
  const url = gateway.httpUrl;
  const body = JSON.stringify({ messages: [{ role: "user", content: "hi" }] });
  const headers = { ...AUTH, "x-openclaw-session-key": "agent:main:followed" };
  const answer = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
  await answer.body?.cancel();
  const stream = await fetch(`${url}/sessions/agent%3Amain%3Afollowed/history`, {
    headers: { ...AUTH, accept: "text/event-stream" },
  });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  assertStringIncludes((await reader.read()).value ?? "", "event: history");
  const closing = gateway.gateway.close();
  assertEquals((await reader.read()).done, true);
  await closing;
  await Deno.remove(gateway.stateDir, { recursive: true });
});

Deno.test("limits: /metrics is off unless switched on, and asks for a credential", async () => {
  await using plain = await TestGateway.start();
  const off = await sendRaw(plain.gateway.port, { target: "/metrics", headers: AUTH });
  assertEquals([off.status, JSON.parse(off.text).error.code], [404, "ENDPOINT_DISABLED"]);
  await using gateway = await TestGateway.start(
    config({ endpoints: { metrics: { enabled: true } } }),
  );
  const { port } = gateway.gateway;
  assertEquals((await sendRaw(port, { target: "/metrics" })).status, 401);
  const body = JSON.stringify({ messages: [{ role: "user", content: "hi" }] });
  await sendRaw(port, { method: "POST", target: "/v1/chat/completions", headers: AUTH, body });
  const { status, headers, text } = await sendRaw(port, { target: "/metrics", headers: AUTH });
  assertEquals([status, headers.get("content-type")], [
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  assertStringIncludes(text, 'openclaw_runs_total{outcome="ok"} 1\n');
  assertStringIncludes(
    text,
    'openclaw_http_requests_total{route="/v1/chat/completions",status="2xx"} 1\n',
  );
  assertStringIncludes(text, 'openclaw_http_requests_total{route="/metrics",status="4xx"} 1\n');
});
