/**
 * The offline demo: a model that answers without a network and always the same way.
 *
 * It stands in until a provider is configured, and every answer says that it is a demo.
 *
 * @module
 */
import { delay, ellipsize } from "../base/mod.ts";
import type {
  Model,
  ModelEvent,
  ModelInfo,
  ModelMessage,
  ModelRequest,
  ModelUsage,
} from "./types.ts";

/** Wire format of the demo model: none. */
export const DEMO_API = "demo";

/** What is known of the demo model. */
export const DEMO_INFO: ModelInfo = {
  provider: "demo",
  model: "echo",
  name: "Offline demo (no provider configured)",
  api: DEMO_API,
  contextWindow: 32_000,
  maxTokens: 4096,
  reasoning: false,
  input: ["text"],
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
};

/** The highest number the demo counts to. */
export const MAX_COUNT = 200;

const COUNT_PAUSE_MS = 10;
const CHARS_PER_TOKEN = 4;
const MAX_QUOTED_CHARS = 200;
const WORDS_PER_CHUNK = 6;
const MAX_SUMMARY_LINES = 10;
const MAX_SUMMARY_CHARS = 80;

/** The built-in model `demo/echo`. */
export class DemoModel implements Model {
  readonly info: ModelInfo = DEMO_INFO;
  readonly #sleep: typeof delay;

  /** @param sleep How to wait between two numbers; replaced in tests. */
  constructor(sleep: typeof delay = delay) {
    this.#sleep = sleep;
  }

  /** Streams the answer; see {@linkcode Model.stream}. */
  async *stream(request: ModelRequest): AsyncGenerator<ModelEvent, void, void> {
    const { signal } = request;
    const said = userTexts(request.messages);
    const conversation = conversationIn(said.at(-1) ?? "");
    const count = conversation === undefined ? countAskedFor(said.at(-1) ?? "") : undefined;
    const chunks = conversation !== undefined
      ? chunksOf(summaryOf(conversation))
      : count === undefined
      ? chunksOf(answerTo(said, request.messages.length))
      : countingChunks(count);
    let budget = (request.maxTokens ?? DEMO_INFO.maxTokens) * CHARS_PER_TOKEN;
    let written = 0;
    for (const [index, chunk] of chunks.entries()) {
      signal.throwIfAborted();
      if (count !== undefined && index > 0) {
        await this.#sleep(COUNT_PAUSE_MS, signal);
      }
      const delta = chunk.slice(0, budget);
      if (delta !== "") yield { type: "text", delta };
      budget -= delta.length;
      written += delta.length;
      if (delta.length < chunk.length) {
        yield { type: "end", stopReason: "length", usage: usageOf(request, written) };
        return;
      }
    }
    signal.throwIfAborted();
    yield { type: "end", stopReason: "stop", usage: usageOf(request, written) };
  }
}

function answerTo(said: readonly string[], messageCount: number): string {
  const last = said.at(-1) ?? "";
  const before = said.at(-2);
  const lines = [
    `Offline demo, no model provider is configured. You said: "${quote(last)}".`,
    before === undefined
      ? "This is the first message I see of you in this conversation."
      : `I see ${messageCount} messages of this conversation; ` +
        `your message before this one was: "${quote(before)}".`,
    "",
    "To talk to a real model, give a provider its key and choose a model:",
    "  openclaw config set models.providers.openai.apiKey <key>",
    "  openclaw config set agents.defaults.model openai/gpt-5.5",
    'Until then, say "count to 50" to watch an answer stream.',
  ];
  return lines.join("\n");
}

/** The conversation that is to be summarised, when that is what was asked for. */
function conversationIn(text: string): string | undefined {
  return /<conversation>\n([\s\S]*)\n<\/conversation>/.exec(text)?.[1];
}

/** What the demo can do without understanding anything: repeat what was said last. */
function summaryOf(conversation: string): string {
  const said = [...conversation.matchAll(/^\[User\]: (.+)$/gm)].map((match) => match[1]!);
  return [
    `Offline demo summary. Messages of the user before this: ${said.length}; the last of them:`,
    ...said.slice(-MAX_SUMMARY_LINES).map((text) => `- ${ellipsize(text, MAX_SUMMARY_CHARS)}`),
  ].join("\n");
}

function countAskedFor(text: string): number | undefined {
  const digits = /\bcount\s+to\s+(\d{1,9})\b/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function countingChunks(count: number): string[] {
  const last = Math.min(count, MAX_COUNT);
  const chunks = ["Offline demo counting:"];
  for (let number = 1; number <= last; number++) chunks.push(` ${number}`);
  if (count > MAX_COUNT) {
    chunks.push(` and no further, ${MAX_COUNT} is the most the demo counts to`);
  }
  return chunks;
}

function chunksOf(text: string): string[] {
  const words = text.match(/\S+\s*/g) ?? [];
  const chunks: string[] = [];
  for (let start = 0; start < words.length; start += WORDS_PER_CHUNK) {
    chunks.push(words.slice(start, start + WORDS_PER_CHUNK).join(""));
  }
  return chunks;
}

/** What the user typed, oldest first, without the time stamp clients put in front. */
function userTexts(messages: readonly ModelMessage[]): string[] {
  return messages.filter((message) => message.role === "user").map(({ content }) =>
    content.map((part) => part.type === "text" ? part.text : "(image)").join("\n")
      .replace(/^\[[A-Z][a-z]{2} \d{4}-\d{2}-\d{2} [^\]]*\]\s*/, "").trim()
  );
}

function quote(text: string): string {
  return ellipsize(text.replace(/\s+/g, " "), MAX_QUOTED_CHARS);
}

/** Counts four characters as a token, always rounded up. */
function usageOf(request: ModelRequest, writtenChars: number): ModelUsage {
  let read = request.system.length;
  for (const message of request.messages) {
    if (message.role !== "user") read += message.text.length;
    else {for (const part of message.content) {
        read += part.type === "text" ? part.text.length : 0;
      }}
  }
  return {
    input: Math.ceil(read / CHARS_PER_TOKEN),
    output: Math.ceil(writtenChars / CHARS_PER_TOKEN),
    cacheRead: 0,
    cacheWrite: 0,
  };
}
