/**
 * The offline demo: a model that answers without a network and always the same way.
 *
 * It stands in until a provider is configured, and every answer in words says that it is a demo. It
 * calls the functions it is offered when a message names them, and answers in JSON when asked to.
 *
 * @module
 */
import { delay, splitText } from "../../base/mod.ts";
import type {
  Model,
  ModelEvent,
  ModelInfo,
  ModelMessage,
  ModelRequest,
  ModelResponseFormat,
  ModelStopReason,
  ModelToolCall,
  ModelUsage,
} from "../types.ts";
import {
  answerAfterTools,
  answerTo,
  chunksOf,
  conversationIn,
  countAskedFor,
  countingChunks,
  type DemoToolResult,
  resultsSinceUser,
  summaryOf,
} from "./replies.ts";

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

const COUNT_PAUSE_MS = 10;
/** Length of the pieces in which arguments of calls come. */
const ARGUMENT_PIECE_CHARS = 16;
const CHARS_PER_TOKEN = 4;

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
    request.signal.throwIfAborted();
    const said = userTexts(request.messages);
    const calls = await callsIn(request, said.at(-1) ?? "");
    if (calls.length === 0) return yield* this.#say(request, await replyTo(request, said));
    for (const [index, { name, arguments: args }] of calls.entries()) {
      if (!request.shownTools?.has(name)) continue;
      for (const delta of splitText(JSON.stringify(args), ARGUMENT_PIECE_CHARS)) {
        yield { type: "toolCallDelta", index, name, delta };
      }
    }
    for (const call of calls) yield { type: "toolCall", call };
    const written = JSON.stringify(calls.map((call) => call.arguments)).length;
    yield { type: "end", stopReason: "toolUse", usage: usageOf(request, written) };
  }

  async *#say(
    request: ModelRequest,
    { chunks, pauseMs, stopSequence }: Reply,
  ): AsyncGenerator<ModelEvent, void, void> {
    const { signal } = request;
    let budget = (request.maxTokens ?? DEMO_INFO.maxTokens) * CHARS_PER_TOKEN;
    let written = 0;
    let stopReason: ModelStopReason = "stop";
    for (const [index, chunk] of chunks.entries()) {
      signal.throwIfAborted();
      if (pauseMs > 0 && index > 0) await this.#sleep(pauseMs, signal);
      const delta = chunk.slice(0, budget);
      if (delta !== "") yield { type: "text", delta };
      budget -= delta.length;
      written += delta.length;
      if (delta.length < chunk.length) {
        stopReason = "length";
        break;
      }
    }
    signal.throwIfAborted();
    const isStopped = stopReason === "stop" && stopSequence !== undefined;
    const usage = usageOf(request, written);
    yield { type: "end", stopReason, usage, ...(isStopped ? { stopSequence } : {}) };
  }
}

/** An answer in pieces. */
interface Reply {
  chunks: string[];
  /** Milliseconds between two pieces. */
  pauseMs: number;
  /** The text that ended it. */
  stopSequence?: string;
}

async function callsIn(request: ModelRequest, said: string): Promise<ModelToolCall[]> {
  if ((request.tools ?? []).length === 0) return [];
  const { callsFor } = await import("./tool_calls.ts");
  return callsFor(request, said);
}

async function replyTo(request: ModelRequest, said: readonly string[]): Promise<Reply> {
  const last = said.at(-1) ?? "";
  const { messages, responseFormat, sampling } = request;
  const results = resultsSinceUser(messages);
  const json = await jsonFor(responseFormat, last, results);
  if (json !== undefined) return { chunks: chunksOf(json), pauseMs: 0 };
  const conversation = conversationIn(last);
  const count = conversation === undefined && results.length === 0
    ? countAskedFor(last)
    : undefined;
  if (count !== undefined) {
    return { ...beforeStop(countingChunks(count), sampling?.stop), pauseMs: COUNT_PAUSE_MS };
  }
  const text = conversation !== undefined
    ? summaryOf(conversation)
    : results.length > 0
    ? answerAfterTools(results)
    : answerTo(said, messages.length);
  return { ...beforeStop(chunksOf(text), sampling?.stop), pauseMs: 0 };
}

/** What comes before the first of the texts that end an answer. */
function beforeStop(
  chunks: string[],
  stop: readonly string[] = [],
): Pick<Reply, "chunks" | "stopSequence"> {
  const text = chunks.join("");
  const ends = stop.filter((each) => each !== "")
    .map((each) => ({ each, place: text.indexOf(each) }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place);
  const [first] = ends;
  if (first === undefined) return { chunks };
  let left = first.place;
  const kept = chunks.map((chunk) => {
    const part = chunk.slice(0, left);
    left -= part.length;
    return part;
  });
  return { chunks: kept.filter((chunk) => chunk !== ""), stopSequence: first.each };
}

/** The answer as JSON, when it is to be some. */
async function jsonFor(
  format: ModelResponseFormat | undefined,
  said: string,
  results: readonly DemoToolResult[],
): Promise<string | undefined> {
  if (format === undefined || format.type === "text") return undefined;
  if (format.type === "json_object") {
    const answers = results.map(({ text }) => text);
    return JSON.stringify({ demo: true, said, ...(answers.length > 0 ? { answers } : {}) });
  }
  const { Fodder, sampleOf } = await import("./json_sample.ts");
  return JSON.stringify(sampleOf(format.schema, Fodder.of(said)));
}

/** What the user typed, oldest first, without the time stamp clients put in front. */
function userTexts(messages: readonly ModelMessage[]): string[] {
  return messages.filter((message) => message.role === "user").map(({ content }) =>
    content.map((part) => part.type === "text" ? part.text : "(image)").join("\n")
      .replace(/^\[[A-Z][a-z]{2} \d{4}-\d{2}-\d{2} [^\]]*\]\s*/, "").trim()
  );
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
