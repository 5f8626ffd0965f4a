/**
 * The mock provider as a worker: what it leaves running ends with it. Posts its port once it listens.
 *
 * @module
 */
import { type ChatCompletionRequest, LLMock } from "@copilotkit/aimock";

const USAGE = { prompt_tokens: 21, completion_tokens: 7 };
/** Longer than the gateway itself waits before it tries again. */
const RETRY_AFTER_SECONDS = 40;

function countToolResults({ messages }: ChatCompletionRequest): number {
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  return messages.slice(lastUser + 1).filter(({ role }) => role === "tool").length;
}

/** What was found so far, in the order of the calls. */
function toolTexts({ messages }: ChatCompletionRequest): string {
  return messages.filter(({ role }) => role === "tool").map(({ content }) => String(content))
    .join("; ");
}

const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 6 });
// A turn of two rounds: first two calls at once, then one more, then the answer.
const asksForTools = (count: number) => (request: ChatCompletionRequest) =>
  request.tools !== undefined && countToolResults(request) === count;
mock.on({ userMessage: "plan the trip", predicate: asksForTools(0) }, {
  toolCalls: [
    { name: "weather", arguments: '{"city":"Bern"}' },
    { name: "local_time", arguments: '{"city":"Bern"}' },
  ],
  usage: USAGE,
});
mock.on({ userMessage: "plan the trip", predicate: asksForTools(2) }, {
  toolCalls: [{ name: "weather", arguments: '{"city":"Oslo"}' }],
  usage: USAGE,
});
mock.on(
  { userMessage: "plan the trip", predicate: asksForTools(3) },
  (request) => ({ content: `Found: ${toolTexts(request)}`, usage: USAGE }),
);
mock.on({ userMessage: "name a city" }, {
  content: JSON.stringify({ city: "Bern", people: 146348 }),
  usage: USAGE,
});
mock.on({ userMessage: "too many" }, {
  error: { message: "Slow down", type: "rate_limit_error", code: "rate_limit_exceeded" },
  status: 429,
  retryAfter: RETRY_AFTER_SECONDS,
});
mock.on({ userMessage: "take your time" }, { content: "word ".repeat(400) }, { latency: 20 });
mock.on({ userMessage: "hello" }, { content: "Hello from the mock", usage: USAGE });
await mock.start();
(globalThis as unknown as { postMessage(port: number): void }).postMessage(mock.port);
