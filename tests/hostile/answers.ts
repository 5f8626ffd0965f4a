/**
 * The answers of a hostile provider, by name.
 *
 * @module
 */
import type { Answer, Wire } from "./provider.ts";

const MEBIBYTE = 1024 * 1024;
const TRICKLE_MS = 20;

/** Head of an event stream that ends with its connection. */
const SSE_HEAD = head("text/event-stream");

function head(contentType: string, more = ""): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\n${more}connection: close\r\n\r\n`;
}

/** One event; a string is its data as it is. */
export function event(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** An event with one choice. */
export function choice(delta: unknown, finish_reason: unknown = null): string {
  return event({ id: "c1", choices: [{ index: 0, delta, finish_reason }] });
}

function call(index: unknown, id: unknown, name: unknown, args: unknown): string {
  return choice({
    tool_calls: [{ index, id, type: "function", function: { name, arguments: args } }],
  });
}

const DONE = event("[DONE]");
const STOP = choice({}, "stop");
const CALLS_END = choice({}, "tool_calls") + DONE;

/** Sends an event stream and closes it. */
function stream(...parts: (string | Uint8Array)[]): Answer {
  return async (wire) => {
    await wire.send(SSE_HEAD);
    for (const part of parts) await wire.send(part);
  };
}

/** Sends bytes as they are. */
function raw(text: string): Answer {
  return (wire) => wire.send(text);
}

/** Goes on until the other side hangs up. */
function endless(next: (round: number) => string): Answer {
  return async (wire) => {
    await wire.send(SSE_HEAD);
    for (let round = 0;; round++) await wire.send(next(round));
  };
}

function usage(fields: unknown): Answer {
  return stream(
    choice({ content: "counted" }),
    STOP,
    event({ id: "c1", choices: [], usage: fields }),
    DONE,
  );
}

async function trickle(wire: Wire): Promise<void> {
  await wire.send(SSE_HEAD);
  for (;;) {
    await wire.send(choice({ content: "w " }));
    await new Promise((resolve) => setTimeout(resolve, TRICKLE_MS));
  }
}

async function stall(wire: Wire, start: string): Promise<void> {
  await wire.send(start);
  await wire.gone();
}

async function longLine(wire: Wire): Promise<void> {
  await wire.send(`${SSE_HEAD}data: {"choices":[{"delta":{"content":"`);
  for (let sent = 0; sent < 10; sent++) await wire.send("x".repeat(MEBIBYTE));
  await wire.send('"}}]}\n\n');
  await wire.send(STOP + DONE);
}

async function halfClosed(wire: Wire): Promise<void> {
  await wire.send(SSE_HEAD + choice({ content: "half" }));
  await wire.halfClose();
  await wire.gone();
}

async function doneButOpen(wire: Wire): Promise<void> {
  await wire.send(SSE_HEAD + choice({ content: "done" }) + STOP + DONE);
  await wire.gone();
}

const BAD_UTF8 = new Uint8Array([0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf0, 0x9f]);

/** What can be asked for. */
export const ANSWERS: Readonly<Record<string, Answer>> = {
  good: stream(choice({ role: "assistant", content: "good" }), STOP, DONE),
  trickle,
  "long-line": longLine,
  "endless-line": async (wire) => {
    await wire.send(`${SSE_HEAD}data: `);
    for (;;) await wire.send("x".repeat(MEBIBYTE));
  },
  "endless-text": endless(() => choice({ content: "word ".repeat(20_000) })),
  "endless-thinking": endless(() => choice({ reasoning_content: "hm ".repeat(20_000) })),
  "bad-utf8": stream(
    'data: {"choices":[{"delta":{"content":"odd ',
    BAD_UTF8,
    '"}}]}\n\n',
    STOP,
    DONE,
  ),
  "split-utf8": async (wire) => {
    await wire.send(SSE_HEAD);
    const bytes = new TextEncoder().encode(choice({ content: "\u{1f600} é" }) + STOP + DONE);
    for (const byte of bytes) await wire.send(Uint8Array.of(byte));
  },
  "silent": (wire) => wire.gone(),
  "stalled": (wire) => stall(wire, SSE_HEAD),
  "stalled-middle": (wire) => stall(wire, SSE_HEAD + choice({ content: "first" })),
  "stalled-line": (wire) => stall(wire, `${SSE_HEAD}data: {"choi`),
  "half-closed": halfClosed,
  "done-but-open": doneButOpen,
  "cut-chunked": raw(
    head("text/event-stream", "transfer-encoding: chunked\r\n") + "ff\r\ndata: {",
  ),
  "bad-chunks": raw(head("text/event-stream", "transfer-encoding: chunked\r\n") + "zz\r\nnope"),
  "not-http": raw("SSH-2.0-hostile\r\n"),
  "huge-head": raw(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(2 * MEBIBYTE)}\r\n\r\n`),
  "hangs-up": () => Promise.resolve(),
  "no-content": raw("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
  "moved": raw(
    "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n" +
      "connection: close\r\n\r\n",
  ),
  "html": raw(head("text/html") + "<h1>Welcome</h1>"),
  "json": raw(head("application/json") + '{"choices":[{"message":{"content":"whole"}}]}'),
  "image": raw(head("image/png") + "\x89PNG\r\n\x1a\n"),
  "bad-gzip": raw(head("text/event-stream", "content-encoding: gzip\r\n") + "not gzip at all"),
  "no-type": raw(
    `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${choice({ content: "untyped" })}${STOP}${DONE}`,
  ),
  "not-json": stream("data: {nope\n\n"),
  "not-object": stream(event("[1,2]")),
  "deep": stream(`data: ${"[".repeat(200_000)}\n\n`),
  "odd-shapes": stream(
    event({ choices: "x" }),
    event({ choices: [null] }),
    event({ choices: [{ delta: [], finish_reason: 7 }] }),
    choice({ content: 42, tool_calls: "no" }),
    choice({ content: [null, { text: 1 }, { text: "odd" }] }),
    event({ choices: [{ delta: null }], usage: [] }),
    STOP,
    DONE,
  ),
  "error-in-stream": stream(choice({ content: "so far" }), event({ error: { message: "boom" } })),
  "empty": stream(),
  "done-only": stream(DONE),
  "no-finish": stream(choice({ content: "unfinished" })),
  "no-finish-but-done": stream(choice({ content: "finished" }), DONE),
  "usage-missing": usage(undefined),
  "usage-negative": usage({ prompt_tokens: -5, completion_tokens: -1, total_tokens: -6 }),
  "usage-strings": usage({ prompt_tokens: "12", completion_tokens: "NaN", total_tokens: {} }),
  "usage-huge": usage({ prompt_tokens: 1e308, completion_tokens: 2 ** 53, total_tokens: null }),
  "call-bad-arguments": stream(call(0, "a", "look", '{"city": Bern'), CALLS_END),
  "call-array-arguments": stream(call(0, "a", "look", "[1]"), CALLS_END),
  "call-odd-name": stream(call(0, "a", "__proto__", '{"__proto__":{"x":1}}'), CALLS_END),
  "call-no-name": stream(call(0, "a", "", "{}"), CALLS_END),
  "call-unknown": stream(call(0, "a", "never_offered", "{}"), CALLS_END),
  "call-same-index": stream(
    call(0, "a", "look", '{"city":"Bern"}'),
    call(0, "b", "look", '{"city":"Oslo"}'),
    CALLS_END,
  ),
  "call-same-id": stream(
    call(0, "a", "look", '{"city":"Bern"}'),
    call(1, "a", "look", '{"city":"Oslo"}'),
    CALLS_END,
  ),
  "call-odd-indexes": stream(
    call(-1, "a", "look", '{"city":"Bern"}'),
    call("x", "b", "look", '{"city":"Oslo"}'),
    call(1e9, "c", "look", '{"city":"Rome"}'),
    CALLS_END,
  ),
  "call-again-and-again": stream(call(0, "a", "look", '{"city":"Bern"}'), CALLS_END),
  "endless-calls": endless((round) => call(round, `id-${round}`, "look", "{}")),
  "endless-arguments": endless(() =>
    choice({
      tool_calls: [{ index: 0, id: "a", function: { name: "look", arguments: "x".repeat(1e5) } }],
    })
  ),
};
