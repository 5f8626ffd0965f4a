import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { ChatStreamWriter } from "./stream.ts";
import { streamAnswer } from "../run_answer.ts";
import { RunStream } from "../run_stream.ts";
import {
  endEvent,
  FakeGateway,
  helloRun,
  type RunScript,
  TEST_TOKEN,
  waitingRun,
} from "../testing.ts";
import type { HttpRunEvent, HttpRunRequest } from "../types.ts";

const HI = { model: "openclaw/main", messages: [{ role: "user", content: "hi" }] };
const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 3,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

function scripted(...events: HttpRunEvent[]): RunScript {
  return async function* () {
    yield* events;
  };
}

function errorEvent(status: number, more: Partial<HttpRunEvent> = {}): HttpRunEvent {
  return {
    type: "error",
    code: "MODEL_FAILED",
    message: "Model failed",
    status,
    ...more,
  } as HttpRunEvent;
}

/** The data of each frame of an event stream. */
async function frames(response: Response): Promise<string[]> {
  const parts = (await response.text()).split("\n\n");
  assertEquals(parts.pop(), "");
  return parts.map((part) => part.replace(/^data: /, ""));
}

async function chunks(run: RunScript, body: Record<string, unknown> = {}) {
  const response = await new FakeGateway(run).chat({ ...HI, stream: true, ...body });
  assertEquals(response.status, 200);
  const all = await frames(response);
  assertEquals(all.pop(), "[DONE]");
  return all.map((frame) => JSON.parse(frame));
}

Deno.test("completeChat() answers with one completion", async () => {
  const gateway = new FakeGateway();
  const response = await gateway.chat(HI);
  const completion = await response.json();
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
  assertMatch(completion.id, /^chatcmpl_[0-9a-f-]{36}$/);
  assertEquals(completion, {
    id: completion.id,
    object: "chat.completion",
    created: 1_700_000_000,
    model: "openclaw/main",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Hello", refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage: USAGE,
  });
  assertEquals(gateway.errors, []);
});

Deno.test("completeChat() hands the whole request to the run", async () => {
  const gateway = new FakeGateway();
  const response = await gateway.chat({
    ...HI,
    messages: [{ role: "system", content: "Be brief." }, ...HI.messages],
    user: "ann",
    max_tokens: 50,
    temperature: 0.5,
    tools: [{ type: "function", function: { name: "f" } }],
    tool_choice: "required",
  }, { "x-openclaw-model": "local/m" });
  const { id } = await response.json();
  const { signal, ...run } = gateway.runs[0]!;
  assertEquals(run, {
    runId: id,
    agentId: "main",
    sessionKey: "agent:main:openai-user:ann",
    message: "hi",
    images: [],
    extraSystemPrompt: "Be brief.",
    messageChannel: "webchat",
    model: "local/m",
    maxTokens: 50,
    sampling: { temperature: 0.5 },
    tools: [{ name: "f" }],
    toolChoice: "required",
  });
  assertFalse(signal.aborted);
});

Deno.test("completeChat() echoes the model and names the way a run ended", async () => {
  const cases: [HttpRunEvent[], string, string][] = [
    [[endEvent("cut", "length")], "length", "cut"],
    [[endEvent("partial", "aborted")], "stop", "partial"],
    [[endEvent("done", "toolUse")], "stop", "done"],
    [[endEvent("")], "stop", "No response from OpenClaw."],
  ];
  for (const [events, reason, content] of cases) {
    const body = { messages: HI.messages };
    const completion = await (await new FakeGateway(scripted(...events)).chat(body)).json();
    assertEquals(completion.model, "openclaw");
    assertEquals(completion.choices[0].finish_reason, reason);
    assertEquals(completion.choices[0].message.content, content);
  }
});

Deno.test("completeChat() translates tool calls", async () => {
  const run = scripted(
    { type: "toolCall", id: "c1", name: "f", arguments: '{"a":1}' },
    endEvent("", "toolUse"),
  );
  const completion = await (await new FakeGateway(run).chat(HI)).json();
  assertEquals(completion.choices[0], {
    index: 0,
    message: {
      role: "assistant",
      content: null,
      refusal: null,
      annotations: [],
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    },
    logprobs: null,
    finish_reason: "tool_calls",
  });
});

Deno.test("completeChat() tells calls as functions to clients that know nothing else", async () => {
  const run = scripted(
    { type: "toolCall", id: "c1", name: "f", arguments: '{"a":1}' },
    endEvent("", "toolUse"),
  );
  const body = { functions: [{ name: "f" }] };
  const { choices } = await (await new FakeGateway(run).chat({ ...HI, ...body })).json();
  const function_call = { name: "f", arguments: '{"a":1}' };
  assertEquals(choices[0].message.function_call, function_call);
  assertEquals([choices[0].message.tool_calls, choices[0].finish_reason], [
    undefined,
    "function_call",
  ]);
  const all = await chunks(run, body);
  assertEquals(all.slice(1).map((chunk) => chunk.choices[0].delta), [
    { function_call: { name: "f", arguments: "" } },
    { function_call: { arguments: '{"a":1}' } },
    {},
  ]);
  assertEquals(all.at(-1).choices[0].finish_reason, "function_call");
});

Deno.test("completeChat() tells what was thought, and how many tokens it took", async () => {
  const run = scripted(
    { type: "thinking", delta: "h" },
    { type: "thinking", delta: "m" },
    {
      type: "end",
      text: "yes",
      stopReason: "stop",
      usage: { input: 1, output: 9, cacheRead: 2, cacheWrite: 4, reasoning: 7 },
    },
  );
  const { choices, usage } = await (await new FakeGateway(run).chat(HI)).json();
  assertEquals(choices[0].message.reasoning_content, "hm");
  assertEquals([usage.prompt_tokens, usage.total_tokens], [7, 16]);
  assertEquals(usage.completion_tokens_details, { reasoning_tokens: 7 });
  const all = await chunks(run);
  assertEquals(all[1].choices[0].delta, { reasoning_content: "h" });
});

Deno.test("completeChat() streams role, text, finish and [DONE]", async () => {
  const [role, first, second, finish, ...rest] = await chunks(helloRun);
  assertEquals(role, {
    id: role.id,
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "openclaw/main",
    choices: [{ index: 0, delta: { role: "assistant" }, finish_reason: null }],
  });
  assertEquals(first.choices[0].delta, { content: "Hel" });
  assertEquals(second.choices[0].delta, { content: "lo" });
  assertEquals(finish.choices, [{ index: 0, delta: {}, finish_reason: "stop" }]);
  assertEquals(rest, []);
  assertEquals([first.id, second.id, finish.id], [role.id, role.id, role.id]);
});

Deno.test("completeChat() streams usage when asked for exactly that", async () => {
  const all = await chunks(helloRun, { stream_options: { include_usage: true } });
  assertEquals(all.at(-1).choices, []);
  assertEquals(all.at(-1).usage, USAGE);
  assertEquals(all.slice(0, -1).every((chunk) => chunk.usage === null), true);
  const without = await chunks(helloRun, { stream_options: { include_usage: "yes" } });
  assertEquals(without.some((chunk) => "usage" in chunk), false);
});

Deno.test("completeChat() sends the headers of an event stream", async () => {
  const response = await new FakeGateway().chat({ ...HI, stream: true });
  await response.body?.cancel();
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals(response.headers.get("cache-control"), "no-cache");
  assert(response.headers.has("x-request-id"));
});

Deno.test("completeChat() streams odd text unchanged", async () => {
  const text = 'line\n\ndata: [DONE]\n\n"quoted" \u2028 \ud83d\ude00 \\ </script>';
  const all = await chunks(scripted({ type: "text", delta: text }, endEvent(text)));
  assertEquals(all[1].choices[0].delta.content, text);
});

Deno.test("completeChat() streams the final text of a run that sent no pieces", async () => {
  const all = await chunks(scripted({ type: "thinking", delta: "hm" }, endEvent("Whole")));
  assertEquals(all.map((chunk) => chunk.choices[0].delta), [
    { role: "assistant" },
    { reasoning_content: "hm" },
    { content: "Whole" },
    {},
  ]);
  const silent = await chunks(scripted({ type: "text", delta: "" }, endEvent("")));
  assertEquals(silent[1].choices[0].delta.content, "No response from OpenClaw.");
});

Deno.test("completeChat() streams tool calls in fragments", async () => {
  const text = JSON.stringify({ a: "x".repeat(243) + "\ud83d\ude00".repeat(200) });
  const all = await chunks(scripted(
    { type: "toolCall", id: "c1", name: "f", arguments: text },
    { type: "toolCall", id: "c2", name: "g", arguments: "" },
    endEvent("", "toolUse"),
  ));
  const calls = all.slice(1, -1).map((chunk) => chunk.choices[0].delta.tool_calls[0]);
  assertEquals(calls[0], {
    index: 0,
    id: "c1",
    type: "function",
    function: { name: "f", arguments: "" },
  });
  const fragments = calls.slice(1, -1).map((call) => call.function.arguments as string);
  assertEquals(fragments.join(""), text);
  assert(fragments.every((fragment) => fragment.length <= 256 && fragment.isWellFormed()));
  assertEquals([calls.at(-1).index, calls.at(-1).id], [1, "c2"]);
  assertEquals(all.at(-1).choices[0].finish_reason, "tool_calls");
});

Deno.test("completeChat() answers a failure before the first byte with its status", async () => {
  const cases: [HttpRunEvent, number, string][] = [
    [errorEvent(404, { code: "AGENT_NOT_FOUND" }), 404, "invalid_request_error"],
    [errorEvent(400), 400, "invalid_request_error"],
    [errorEvent(429, { retryAfterMs: 2_500 }), 429, "rate_limited"],
    [errorEvent(502), 502, "api_error"],
    [errorEvent(504, { hint: "openclaw health" }), 504, "api_error"],
    [errorEvent(401), 502, "api_error"],
    [errorEvent(200), 500, "api_error"],
  ];
  for (const [event, status, type] of cases) {
    for (const stream of [false, true]) {
      const response = await new FakeGateway(scripted(event)).chat({ ...HI, stream });
      const { error } = await response.json();
      assertEquals([response.status, error.type], [status, type]);
      assertEquals(error.message, "Model failed");
      assertEquals(response.headers.get("retry-after"), status === 429 ? "3" : null);
      if (status === 504) assertEquals(error.hint, "openclaw health");
    }
  }
});

Deno.test("completeChat() answers a whole completion that fails late with its status", async () => {
  const run = scripted({ type: "text", delta: "par" }, errorEvent(502));
  const response = await new FakeGateway(run).chat(HI);
  assertEquals([response.status, (await response.json()).error.code], [502, "MODEL_FAILED"]);
});

Deno.test("completeChat() ends a stream that fails late with an error frame and [DONE]", async () => {
  const run = scripted({ type: "text", delta: "par" }, errorEvent(502));
  const all = await chunks(run, { stream_options: { include_usage: true } });
  assertEquals(all.length, 3);
  assertEquals(all[2], {
    error: { message: "Model failed", type: "api_error", code: "MODEL_FAILED" },
  });
});

Deno.test("completeChat() hides what a run throws", async () => {
  const thrower = (events: HttpRunEvent[]): RunScript =>
    async function* () {
      yield* events;
      throw new Error("secret detail");
    };
  const early = new FakeGateway(thrower([]));
  const response = await early.chat({ ...HI, stream: true });
  assertEquals([response.status, (await response.json()).error.message], [500, "internal error"]);
  assertEquals(early.errors.map(({ where }) => where), ["run"]);
  const late = await chunks(thrower([{ type: "text", delta: "par" }]));
  assertEquals(late.at(-1).error.code, "INTERNAL");
});

Deno.test("completeChat() treats a run without a final event as failed", async () => {
  const gateway = new FakeGateway(scripted({ type: "text", delta: "par" }));
  const response = await gateway.chat(HI);
  await response.body?.cancel();
  assertEquals([response.status, gateway.errors.length], [500, 1]);
});

Deno.test("completeChat() lets a run clean up after its last event", async () => {
  for (const stream of [false, true]) {
    let isClean = false;
    const gateway = new FakeGateway(async function* () {
      try {
        yield endEvent("ok");
      } finally {
        isClean = true;
      }
    });
    await (await gateway.chat({ ...HI, stream })).text();
    assert(isClean);
    assertFalse(gateway.runs[0]!.signal.aborted);
  }
});

Deno.test("completeChat() starts no run for a request it refuses", async () => {
  const gateway = new FakeGateway();
  for (const body of ["{bad", {}, { ...HI, model: "gpt-4" }, { ...HI, model: "openclaw/nope" }]) {
    const response = await gateway.chat(body);
    await response.body?.cancel();
    assert(response.status === 400 || response.status === 404);
  }
  assertEquals(gateway.runs, []);
});

Deno.test("completeChat() aborts the run when a stream is cancelled", async () => {
  const ended = Promise.withResolvers<unknown>();
  const gateway = new FakeGateway(waitingRun([{ type: "text", delta: "a" }], ended.resolve));
  const response = await gateway.chat({ ...HI, stream: true });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel("gone");
  assertEquals(await ended.promise, "gone");
  assertEquals(gateway.errors, []);
});

Deno.test("completeChat() aborts the run when the request is, before any answer", async () => {
  for (const stream of [false, true]) {
    const ended = Promise.withResolvers<unknown>();
    const started = Promise.withResolvers<void>();
    const wait = waitingRun([], ended.resolve);
    const gateway = new FakeGateway((request) => {
      started.resolve();
      return wait(request);
    });
    const client = new AbortController();
    const answer = gateway.send("/v1/chat/completions", {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}` },
      body: JSON.stringify({ ...HI, stream }),
      signal: client.signal,
    });
    await started.promise;
    client.abort("closed");
    assertEquals(await ended.promise, "closed");
    const response = await answer;
    assertEquals([response.status, (await response.json()).error.code], [499, "CLIENT_CLOSED"]);
    assertEquals(gateway.errors, []);
  }
});

Deno.test("streamAnswer() opens the stream when the run is slow, and fails in it", async () => {
  const gate = Promise.withResolvers<void>();
  const gateway = new FakeGateway();
  const run = new RunStream(
    gateway.deps(async function* () {
      await gate.promise;
      yield errorEvent(504);
    }),
    { runId: "r", agentId: "main", sessionKey: "k", message: "hi", images: [] },
    new AbortController().signal,
  );
  const head = { id: "c", created: 1, model: "openclaw" };
  const response = await streamAnswer(
    run,
    new ChatStreamWriter(head, { includesUsage: false }),
    () => 0,
    1,
  );
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value?.includes('"role":"assistant"'), true);
  gate.resolve();
  const last = (await reader.read()).value!;
  assert(last.startsWith('data: {"error":') && last.endsWith("data: [DONE]\n\n"));
  assertEquals((await reader.read()).done, true);
});

const PDF = new TextEncoder().encode("%PDF-1.7").toBase64();

function file(fields: Record<string, unknown>) {
  return { type: "file", file: fields };
}

Deno.test("completeChat() tells the model the text of files, outside of the conversation", async () => {
  const gateway = new FakeGateway(helloRun, {
    readPdf: () =>
      Promise.resolve({
        ok: true,
        text: "Total: 12 EUR",
        pageCount: 1,
        pagesRead: 1,
        isCut: false,
        hasPictures: false,
      }),
  });
  const old = { role: "user", content: [file({ filename: "a.txt", file_data: btoa("old") })] };
  const response = await gateway.chat({
    messages: [
      { role: "system", content: "Be brief" },
      old,
      { role: "assistant", content: "ok" },
      {
        role: "user",
        content: [
          { type: "text", text: "What is the total?" },
          file({ filename: "bill.pdf", file_data: `data:application/pdf;base64,${PDF}` }),
        ],
      },
    ],
  });
  assertEquals(response.status, 200);
  await response.body?.cancel();
  const [{ message, earlier, extraSystemPrompt }] = gateway.runs as [HttpRunRequest];
  assertEquals([message, earlier?.[0]], [
    "What is the total?",
    { role: "user", text: "User sent file(s) with no text." },
  ]);
  assertMatch(
    extraSystemPrompt!,
    /^Be brief\n\n<file name="a.txt">[^]*\nold\n[^]*<file name="bill.pdf">[^]*\nTotal: 12 EUR\n/,
  );
});

Deno.test("completeChat() refuses files that it cannot read, and says why", async () => {
  const gateway = new FakeGateway(helloRun, {
    readPdf: () => Promise.resolve({ ok: false, reason: "encrypted" }),
  });
  const cases: [part: unknown, reason: RegExp][] = [
    [file({ file_id: "file-1" }), /not `file_id`/],
    [file({}), /needs its `file_data`/],
    [{ type: "file" }, /needs its `file_data`/],
    [file({ filename: "a.pdf", file_data: PDF }), /"a.pdf" is encrypted/],
    [file({ filename: "a.bin", file_data: btoa("a\0b") }), /is not text/],
    [file({ file_data: "data:image/gif;base64,R0lGODlh" }), /"image\/gif" is not among/],
  ];
  for (const [part, reason] of cases) {
    const messages = [{ role: "user", content: [{ type: "text", text: "read" }, part] }];
    const response = await gateway.chat({ messages });
    const { error } = await response.json();
    assertEquals([response.status, error.type], [400, "invalid_request_error"]);
    assertMatch(error.message, /^Invalid file content in `messages`: /);
    assertMatch(error.message, reason);
  }
  assertEquals(gateway.runs, []);
});
