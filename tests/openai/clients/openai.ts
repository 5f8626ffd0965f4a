/**
 * The official client of OpenAI.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import OpenAI from "openai";
import type { Backend } from "../backends.ts";
import {
  assertCity,
  assertLimited,
  assertUsage,
  CITY_SCHEMA,
  PLACE_SCHEMA,
  slowMessage,
  thrownBy,
  Toolbox,
} from "../expect.ts";
import type { Client } from "../matrix.ts";

const MODEL = "openclaw";

function clientOf(
  { baseURL, token }: Backend,
  options: { apiKey?: string; maxRetries?: number } = {},
) {
  return new OpenAI({ baseURL, apiKey: token, maxRetries: 0, ...options });
}

type Message = OpenAI.Chat.ChatCompletionMessageParam;

function says(content: string): Message[] {
  return [{ role: "user", content }];
}

async function list(backend: Backend): Promise<void> {
  const ids: string[] = [];
  for await (const model of clientOf(backend).models.list()) ids.push(model.id);
  assertEquals(ids.slice(0, 3), ["openclaw", "openclaw/default", "openclaw/main"]);
}

async function retrieve(backend: Backend): Promise<void> {
  const model = await clientOf(backend).models.retrieve("openclaw/main");
  assertEquals([model.id, model.object], ["openclaw/main", "model"]);
  const error = await thrownBy(() => clientOf(backend).models.retrieve("openclaw/nope"));
  assert(error instanceof OpenAI.NotFoundError);
}

async function chat(backend: Backend): Promise<void> {
  const { chat } = backend.lines;
  const completion = await clientOf(backend).chat.completions.create({
    model: MODEL,
    messages: says(chat.says),
  });
  const [choice] = completion.choices;
  assertMatch(choice!.message.content!, chat.reply);
  assertEquals([choice!.finish_reason, choice!.message.role], ["stop", "assistant"]);
  const { prompt_tokens: input, completion_tokens: output, total_tokens } = completion.usage!;
  assertUsage({ input, output });
  assertEquals(total_tokens, input + output);
}

async function streamWithUsage(backend: Backend): Promise<void> {
  const stream = await clientOf(backend).chat.completions.create({
    model: MODEL,
    messages: says(backend.lines.chat.says),
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let finish: string | null | undefined;
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    finish ??= chunk.choices[0]?.finish_reason;
    usage = chunk.usage ?? usage;
  }
  assertMatch(text, backend.lines.chat.reply);
  assertEquals(finish, "stop");
  assertUsage({ input: usage?.prompt_tokens, output: usage?.completion_tokens });
}

const TOOLS = Object.entries(Toolbox.descriptions).map(([name, description]) => ({
  type: "function" as const,
  function: { name, description, parameters: PLACE_SCHEMA, strict: true },
}));

async function toolsLoop(backend: Backend): Promise<void> {
  const client = clientOf(backend);
  const toolbox = new Toolbox();
  const messages: Message[] = [];
  let reply = "";
  for (const content of backend.lines.tools) {
    messages.push({ role: "user", content });
    for (;;) {
      const stream = client.chat.completions.stream({ model: MODEL, messages, tools: TOOLS });
      const { choices: [choice] } = await stream.finalChatCompletion();
      const { message, finish_reason } = choice!;
      messages.push(message);
      reply = message.content ?? "";
      const calls = (message.tool_calls ?? []).filter((call) => call.type === "function");
      assertEquals(finish_reason, calls.length > 0 ? "tool_calls" : "stop");
      if (calls.length === 0) break;
      toolbox.sawCalls(calls.length);
      for (const { id, function: { name, arguments: json } } of calls) {
        messages.push({ role: "tool", tool_call_id: id, content: toolbox.useJson(name, json) });
      }
    }
  }
  toolbox.assertLooped(reply);
}

async function structuredOutput(backend: Backend): Promise<void> {
  const completion = await clientOf(backend).chat.completions.parse({
    model: MODEL,
    messages: says(backend.lines.structured),
    response_format: {
      type: "json_schema",
      json_schema: { name: "city", schema: CITY_SCHEMA, strict: true },
    },
  });
  assertCity(JSON.parse(completion.choices[0]!.message.content!));
}

async function responses(backend: Backend): Promise<void> {
  const { chat } = backend.lines;
  const client = clientOf(backend);
  const response = await client.responses.create({ model: MODEL, input: chat.says });
  assertMatch(response.output_text, chat.reply);
  assertEquals(response.status, "completed");
  assertUsage({ input: response.usage?.input_tokens, output: response.usage?.output_tokens });
  const next = await client.responses.create({
    model: MODEL,
    input: chat.says,
    previous_response_id: response.id,
  });
  assertEquals(next.previous_response_id, response.id);
  assertEquals((await client.responses.retrieve(next.id)).output_text, next.output_text);
}

async function responsesStream(backend: Backend): Promise<void> {
  const stream = clientOf(backend).responses.stream({
    model: MODEL,
    input: backend.lines.chat.says,
  });
  let text = "";
  const types: string[] = [];
  for await (const event of stream) {
    types.push(event.type);
    if (event.type === "response.output_text.delta") text += event.delta;
  }
  assertEquals([types[0], types.at(-1)], ["response.created", "response.completed"]);
  const final = await stream.finalResponse();
  assertMatch(text, backend.lines.chat.reply);
  assertEquals(final.output_text, text);
  assertUsage({ input: final.usage?.input_tokens, output: final.usage?.output_tokens });
}

async function embeddings(backend: Backend): Promise<void> {
  const client = clientOf(backend);
  const input = ["one text", "another text"];
  // Asks for base64 and decodes it.
  const { data } = await client.embeddings.create({ model: MODEL, input });
  assertEquals(data.map(({ index }) => index), [0, 1]);
  const plain = await client.embeddings.create({ model: MODEL, input, encoding_format: "float" });
  for (const [index, { embedding }] of data.entries()) {
    assert(embedding.length > 8 && embedding.every(Number.isFinite));
    assertEquals(plain.data[index]!.embedding.map(Math.fround), embedding.map(Math.fround));
  }
  assert(data[0]!.embedding.some((value, index) => value !== data[1]!.embedding[index]));
}

async function unauthorized(backend: Backend): Promise<void> {
  const client = clientOf(backend, { apiKey: "wrong-key" });
  const error = await thrownBy(() =>
    client.chat.completions.create({ model: MODEL, messages: says("hello") })
  );
  assert(error instanceof OpenAI.AuthenticationError);
  assertEquals(error.status, 401);
  await clientOf(backend).models.list();
}

async function unknownModel(backend: Backend): Promise<void> {
  const ask = (model: string) => () =>
    clientOf(backend).chat.completions.create({ model, messages: says("hello") });
  assert(await thrownBy(ask("gpt-4")) instanceof OpenAI.BadRequestError);
  assert(await thrownBy(ask("openclaw/nope")) instanceof OpenAI.NotFoundError);
}

async function limited(backend: Backend): Promise<void> {
  const ask = async (message: string, options: { apiKey?: string; maxRetries?: number } = {}) => {
    const { choices } = await clientOf(backend, options).chat.completions.create({
      model: MODEL,
      messages: says(message),
    });
    return choices[0]!.message.content!;
  };
  await assertLimited(backend, {
    async refusal(message) {
      const error = await thrownBy(() => ask(message));
      assert(error instanceof OpenAI.RateLimitError);
      return { status: error.status, retryAfter: error.headers.get("retry-after") };
    },
    guess: () => ask("hello", { apiKey: "wrong-key" }),
    patiently: (message) => ask(message, { maxRetries: 2 }),
  });
}

async function abort(backend: Backend): Promise<void> {
  const message = slowMessage(backend);
  const stream = await clientOf(backend).chat.completions.create({
    model: MODEL,
    messages: says(message),
    stream: true,
  });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) break;
  }
  stream.controller.abort();
  await backend.observer.assertAborted(message);
}

/** The `openai` package. */
export const OPENAI: Client = {
  name: "openai",
  cells: {
    list,
    retrieve,
    chat,
    "stream + usage": streamWithUsage,
    "tools loop": toolsLoop,
    "structured output": structuredOutput,
    responses,
    "responses stream": responsesStream,
    embeddings,
    "401": unauthorized,
    "unknown model": unknownModel,
    "429": limited,
    abort,
  },
};
