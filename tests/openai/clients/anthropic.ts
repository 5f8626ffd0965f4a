/**
 * The official client of Anthropic. It knows neither responses nor embeddings.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk";
import { assert, assertEquals, assertMatch } from "@std/assert";
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

interface Options {
  apiKey?: string;
  maxRetries?: number;
}

/** The client adds `/v1` itself, and shows its key in a header of its own. */
function clientOf({ httpUrl, token }: Backend, options: Options = {}): Anthropic {
  return new Anthropic({ baseURL: httpUrl, apiKey: token, maxRetries: 0, ...options });
}

const MODEL = "openclaw";

function asking(content: string, model = MODEL) {
  return { model, max_tokens: 1000, messages: [{ role: "user" as const, content }] };
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => block.type === "text" ? block.text : "").join("");
}

async function list(backend: Backend): Promise<void> {
  const ids: string[] = [];
  for await (const model of clientOf(backend).models.list()) {
    assertEquals(model.type, "model");
    ids.push(model.id);
  }
  assertEquals(ids.slice(0, 3), ["openclaw", "openclaw/default", "openclaw/main"]);
}

async function retrieve(backend: Backend): Promise<void> {
  const { id, type } = await clientOf(backend).models.retrieve("openclaw/main");
  assertEquals([id, type], ["openclaw/main", "model"]);
  const error = await thrownBy(() => clientOf(backend).models.retrieve("openclaw/nope"));
  assert(error instanceof Anthropic.NotFoundError, String(error));
}

async function chat(backend: Backend): Promise<void> {
  const { says, reply } = backend.lines.chat;
  const message = await clientOf(backend).messages.create(asking(says));
  assertMatch(textOf(message), reply);
  assertEquals([message.stop_reason, message.role], ["end_turn", "assistant"]);
  assertUsage({ input: message.usage.input_tokens, output: message.usage.output_tokens });
}

async function streamWithUsage(backend: Backend): Promise<void> {
  const { says, reply } = backend.lines.chat;
  const stream = clientOf(backend).messages.stream(asking(says));
  let text = "";
  stream.on("text", (delta) => text += delta);
  const message = await stream.finalMessage();
  assertMatch(text, reply);
  assertEquals(textOf(message), text);
  assertEquals(message.stop_reason, "end_turn");
  assertUsage({ input: message.usage.input_tokens, output: message.usage.output_tokens });
}

const TOOLS = Object.entries(Toolbox.descriptions).map(([name, description]) => ({
  name,
  description,
  input_schema: { ...PLACE_SCHEMA, required: ["city"] },
}));

async function toolsLoop(backend: Backend): Promise<void> {
  const client = clientOf(backend);
  const toolbox = new Toolbox();
  const messages: Anthropic.MessageParam[] = [];
  let reply = "";
  for (const content of backend.lines.tools) {
    messages.push({ role: "user", content });
    for (;;) {
      const answer = await client.messages.stream({
        model: MODEL,
        max_tokens: 1000,
        messages,
        tools: TOOLS,
      }).finalMessage();
      messages.push({ role: "assistant", content: answer.content });
      reply = textOf(answer);
      const calls = answer.content.filter((block) => block.type === "tool_use");
      assertEquals(answer.stop_reason, calls.length > 0 ? "tool_use" : "end_turn");
      if (calls.length === 0) break;
      toolbox.sawCalls(calls.length);
      const content = calls.map(({ id, name, input }) => ({
        type: "tool_result" as const,
        tool_use_id: id,
        content: toolbox.useJson(name, JSON.stringify(input)),
      }));
      messages.push({ role: "user", content });
    }
  }
  toolbox.assertLooped(reply);
}

async function structuredOutput(backend: Backend): Promise<void> {
  const message = await clientOf(backend).messages.create({
    ...asking(backend.lines.structured),
    output_config: { format: { type: "json_schema", schema: CITY_SCHEMA } },
  });
  assertCity(JSON.parse(textOf(message)));
}

async function unauthorized(backend: Backend): Promise<void> {
  const error = await thrownBy(() =>
    clientOf(backend, { apiKey: "wrong-key" }).messages.create(asking("hello"))
  );
  assert(error instanceof Anthropic.AuthenticationError, String(error));
  assertEquals([error.status, error.type], [401, "authentication_error"]);
  await clientOf(backend).messages.create(asking("hello"));
}

async function unknownModel(backend: Backend): Promise<void> {
  const ask = (model: string) => () => clientOf(backend).messages.create(asking("hello", model));
  const noTarget = await thrownBy(ask("claude-opus-4"));
  assert(noTarget instanceof Anthropic.BadRequestError, String(noTarget));
  assertEquals(noTarget.type, "invalid_request_error");
  const noAgent = await thrownBy(ask("openclaw/nope"));
  assert(noAgent instanceof Anthropic.NotFoundError, String(noAgent));
  assertEquals(noAgent.type, "not_found_error");
}

async function limited(backend: Backend): Promise<void> {
  const ask = async (message: string, options: Options = {}) =>
    textOf(await clientOf(backend, options).messages.create(asking(message)));
  await assertLimited(backend, {
    async refusal(message) {
      const error = await thrownBy(() => ask(message));
      assert(error instanceof Anthropic.RateLimitError, String(error));
      assertEquals(error.type, "rate_limit_error");
      return { status: error.status, retryAfter: error.headers.get("retry-after") };
    },
    guess: () => ask("hello", { apiKey: "wrong-key" }),
    patiently: (message) => ask(message, { maxRetries: 2 }),
  });
}

async function abort(backend: Backend): Promise<void> {
  const message = slowMessage(backend);
  const stream = clientOf(backend).messages.stream(asking(message));
  const aborted = new Promise<void>((resolve) => stream.on("abort", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    stream.on("text", () => resolve());
    stream.on("error", reject);
  });
  stream.abort();
  await aborted;
  await backend.observer.assertAborted(message);
}

/** The `@anthropic-ai/sdk` package. */
export const ANTHROPIC: Client = {
  name: "@anthropic-ai/sdk",
  cells: {
    list,
    retrieve,
    chat,
    "stream + usage": streamWithUsage,
    "tools loop": toolsLoop,
    "structured output": structuredOutput,
    "401": unauthorized,
    "unknown model": unknownModel,
    "429": limited,
    abort,
  },
};
