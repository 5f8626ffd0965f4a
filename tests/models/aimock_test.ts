import { LLMock } from "@copilotkit/aimock";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { envOf } from "../../lib/base/mod.ts";
import {
  ModelCatalog,
  ModelError,
  type ModelEvent,
  type ModelMessage,
} from "../../lib/models/mod.ts";

/** Runs `use` against a mock provider on a free port. */
async function withMock(
  use: (mock: LLMock, call: (messages: ModelMessage[]) => Promise<ModelEvent[]>) => Promise<void>,
): Promise<void> {
  const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 4 });
  await mock.start();
  const models = [{ id: "m1", name: "Model one" }];
  const catalog = new ModelCatalog(
    { providers: { mock: { baseUrl: `${mock.url}/v1`, apiKey: "mock-key", models } } },
    envOf({}),
    { retryDelaysMs: [1] },
  );
  const tools = [{ name: "weather", description: "Weather", parameters: { type: "object" } }];
  try {
    await use(mock, (messages) => {
      const { signal } = new AbortController();
      const model = catalog.create(catalog.resolve("mock/m1"));
      return Array.fromAsync(model.stream({ system: "Be brief.", messages, tools, signal }));
    });
  } finally {
    await mock.stop();
  }
}

/** A test whose leaks are not looked at: the mock leaves an interval of its own running. */
function mockTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

function user(text: string): ModelMessage {
  return { role: "user", content: [{ type: "text", text }] };
}

function textOf(events: ModelEvent[]): string {
  return events.map((event) => event.type === "text" ? event.delta : "").join("");
}

async function failureOf(promise: Promise<unknown>): Promise<ModelError> {
  const thrown = await promise.then(() => undefined, (error) => error);
  assert(thrown instanceof ModelError);
  return thrown;
}

mockTest("stream() takes text and usage from the mock provider", async () => {
  await withMock(async (mock, call) => {
    const usage = { prompt_tokens: 12, completion_tokens: 5 };
    mock.onMessage("hello", { content: "Hello from the mock", usage });
    const events = await call([user("hello")]);
    assertEquals(textOf(events), "Hello from the mock");
    const end = events.at(-1);
    assert(end?.type === "end");
    assertEquals([end.stopReason, end.usage.input, end.usage.output], ["stop", 12, 5]);
  });
});

mockTest("stream() carries a tool call and its result through the mock provider", async () => {
  await withMock(async (mock, call) => {
    mock.on({ userMessage: "weather", hasToolResult: false }, {
      toolCalls: [{ name: "weather", arguments: '{"city":"Bern"}', id: "call_w1" }],
    });
    mock.on({ userMessage: "weather", hasToolResult: true }, { content: "Sunny in Bern" });
    const first = await call([user("weather")]);
    const asked = first.find((event) => event.type === "toolCall");
    assertEquals(asked?.type === "toolCall" && asked.call, {
      id: "call_w1",
      name: "weather",
      arguments: { city: "Bern" },
    });
    const second = await call([
      user("weather"),
      {
        role: "assistant",
        text: "",
        toolCalls: [{ id: "call_w1", name: "weather", arguments: { city: "Bern" } }],
      },
      { role: "tool", toolCallId: "call_w1", toolName: "weather", text: "sun", isError: false },
    ]);
    assertEquals(textOf(second), "Sunny in Bern");
  });
});

mockTest("stream() takes reasoning from the mock provider", async () => {
  await withMock(async (mock, call) => {
    mock.onMessage("think", { content: "42", reasoning: "six times seven" });
    const events = await call([user("think")]);
    const thoughts = events.map((event) => event.type === "thinking" ? event.delta : "").join("");
    assertEquals([thoughts, textOf(events)], ["six times seven", "42"]);
  });
});

mockTest("stream() tells what the mock provider refuses, and retries what may pass", async () => {
  await withMock(async (mock, call) => {
    mock.onMessage("hello", { content: "Hello" });
    mock.nextRequestError(401, { message: "Bad key mock-key" });
    const error = await failureOf(call([user("hello")]));
    assertEquals(error.code, "PROVIDER_AUTH_FAILED");
    assertStringIncludes(error.message, "[redacted]");
    mock.nextRequestError(500, { message: "try again" });
    assertEquals(textOf(await call([user("hello")])), "Hello");
  });
});

mockTest("stream() reports a cut of the mock provider", async () => {
  await withMock(async (mock, call) => {
    mock.onMessage("long", { content: "a long answer that never ends" }, {
      truncateAfterChunks: 3,
      latency: 20,
    });
    assertEquals((await failureOf(call([user("long")]))).code, "PROVIDER_CUT");
  });
});
