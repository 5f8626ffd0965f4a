/**
 * What a client gets for each answer of a hostile provider.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";

/** Where the gateway is. */
export interface Target {
  /** `http://127.0.0.1:<port>`. */
  readonly httpUrl: string;
  readonly token: string;
}

/** What a case ends in. */
export interface Expected {
  /** The text of a good answer. */
  readonly text?: string | RegExp;
  /** Names and arguments of the calls in a good answer. */
  readonly calls?: readonly string[];
  /** Code of the failure. */
  readonly code?: string;
  /** What a stream has said before it failed; nothing when it failed before its first word. */
  readonly said?: string | RegExp;
  /** The gateway tries again for seconds before it gives up. */
  readonly isSlow?: boolean;
}

const CUT = "PROVIDER_CUT";
const BAD = "PROVIDER_BAD_ANSWER";
const LATE = "PROVIDER_TIMEOUT";
const GONE = "PROVIDER_UNREACHABLE";

/** By the name of the answer. */
export const CASES: Readonly<Record<string, Expected>> = {
  "good": { text: "good" },
  "long-line": { code: BAD },
  "endless-line": { code: BAD },
  "endless-text": { code: BAD, said: /^word / },
  "endless-thinking": { code: BAD },
  "bad-utf8": { text: /^odd .*\ufffd/ },
  "split-utf8": { text: "\u{1f600} é" },
  "silent": { code: LATE },
  "stalled": { code: LATE },
  "stalled-middle": { code: LATE, said: "first" },
  "stalled-line": { code: LATE },
  "half-closed": { code: CUT, said: "half" },
  "done-but-open": { text: "done" },
  "cut-chunked": { code: CUT },
  "bad-chunks": { code: CUT },
  "not-http": { code: GONE, isSlow: true },
  "huge-head": { code: GONE, isSlow: true },
  "hangs-up": { code: GONE, isSlow: true },
  "no-content": { code: CUT },
  "moved": { code: BAD },
  "html": { code: BAD },
  "json": { code: BAD },
  "image": { code: CUT },
  "bad-gzip": { code: CUT },
  "no-type": { text: "untyped" },
  "not-json": { code: BAD },
  "not-object": { code: BAD },
  "deep": { code: BAD },
  "odd-shapes": { text: "odd" },
  "error-in-stream": { code: "PROVIDER_OVERLOADED", said: "so far" },
  "empty": { code: CUT },
  "done-only": { code: BAD },
  "no-finish": { code: CUT, said: "unfinished" },
  "no-finish-but-done": { text: "finished" },
  "usage-missing": { text: "counted" },
  "usage-negative": { text: "counted" },
  "usage-strings": { text: "counted" },
  "usage-huge": { text: "counted" },
  "call-bad-arguments": { calls: ['look {"city": Bern'] },
  "call-array-arguments": { calls: ["look [1]"] },
  "call-no-name": { code: BAD },
  "call-same-index": { calls: ['look {"city":"Bern"}', 'look {"city":"Oslo"}'] },
  "call-same-id": { calls: ['look {"city":"Bern"}', 'look {"city":"Oslo"}'] },
  "call-odd-indexes": {
    calls: ['look {"city":"Bern"}', 'look {"city":"Oslo"}', 'look {"city":"Rome"}'],
  },
  "call-again-and-again": { calls: ['look {"city":"Bern"}'] },
  "endless-calls": { code: BAD },
  "endless-arguments": { code: BAD },
};

const TOOLS = [{
  type: "function",
  function: { name: "look", parameters: { type: "object", properties: {} } },
}];

/** The body of a chat request that asks for an answer. */
export function chatBody(name: string, stream: boolean): Record<string, unknown> {
  return {
    model: "openclaw",
    messages: [{ role: "user", content: `play ${name}` }],
    ...(/^call-|-calls$|-arguments$/.test(name) ? { tools: TOOLS } : {}),
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  };
}

async function ask(
  { httpUrl, token }: Target,
  name: string,
  stream: boolean,
): Promise<Response> {
  return await fetch(`${httpUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(chatBody(name, stream)),
  });
}

/** Proves a case without and with streaming. */
export async function proveCase(target: Target, name: string): Promise<void> {
  const expected = CASES[name]!;
  await Promise.all([proveWhole(target, name, expected), proveStream(target, name, expected)]);
}

async function proveWhole(target: Target, name: string, expected: Expected): Promise<void> {
  const response = await ask(target, name, false);
  const body = JSON.parse(await response.text());
  if (expected.code !== undefined) {
    assertEquals(body.error?.code, expected.code, JSON.stringify(body));
    assertFailure(body.error);
    assert(response.status >= 400 && response.status !== 500, `status ${response.status}`);
    return;
  }
  assertEquals(response.status, 200, JSON.stringify(body));
  const [{ message }] = body.choices;
  assertUsage(body.usage);
  assertAnswer(expected, message.content ?? "", message.tool_calls ?? []);
}

async function proveStream(target: Target, name: string, expected: Expected): Promise<void> {
  const response = await ask(target, name, true);
  const answer = await response.text();
  if (!response.ok) {
    const { error } = JSON.parse(answer);
    assertEquals([error.code, expected.said], [expected.code, undefined], answer.slice(0, 300));
    return assertFailure(error);
  }
  const frames = answer.split("\n\n").filter((part) => part !== "" && !part.startsWith(":"));
  assertEquals(frames.pop(), "data: [DONE]");
  const chunks = frames.map((frame) => JSON.parse(frame.replace(/^data: /, "")));
  const failure = chunks.at(-1).error;
  if (failure) chunks.pop();
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
  if (expected.code !== undefined) {
    assertEquals(failure?.code, expected.code, answer.slice(-300));
    assertFailure(failure);
    return assertText(text, expected.said ?? "");
  }
  assertEquals(failure, undefined);
  assertUsage(chunks.findLast((chunk) => chunk.usage)?.usage);
  const pieces = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
  assertAnswer(expected, text, gather(pieces));
}

interface Call {
  index?: number;
  id?: string;
  function: { name?: string; arguments: string };
}

/** The calls that the pieces of a stream make up. */
function gather(pieces: readonly Call[]): Call[] {
  const calls: Call[] = [];
  for (const { index, id, function: fn } of pieces) {
    const call = calls[index!] ??= { id: id!, function: { name: fn.name!, arguments: "" } };
    call.function.arguments += fn.arguments;
  }
  return calls;
}

function assertAnswer({ text, calls = [] }: Expected, said: string, called: readonly Call[]): void {
  if (text !== undefined) assertText(said, text);
  assertEquals(called.map(({ function: fn }) => `${fn.name} ${fn.arguments}`), calls);
  assertEquals(new Set(called.map(({ id }) => id)).size, calls.length);
}

function assertText(actual: string, expected: string | RegExp): void {
  if (expected instanceof RegExp) assertMatch(actual.slice(0, 1000), expected);
  else assertEquals(actual, expected);
}

/** A failure says what happened in words, by a code and by a type, and names no file of ours. */
function assertFailure(error: Record<string, unknown>): void {
  assertMatch(String(error["message"]), /^Model "hostile\/m1"/);
  assert(["api_error", "rate_limited", "invalid_request_error"].includes(String(error["type"])));
  assert(!/\.ts:|hostile-key/.test(JSON.stringify(error)), JSON.stringify(error));
}

function assertUsage(usage: Record<string, unknown>): void {
  for (const name of ["prompt_tokens", "completion_tokens", "total_tokens"]) {
    const count = usage[name];
    assert(Number.isSafeInteger(count) && Number(count) >= 0, JSON.stringify(usage));
  }
}
