/**
 * LangChain's OpenAI classes. They have no calls for lists of models.
 *
 * @module
 */
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI, type ChatOpenAIFields, OpenAIEmbeddings } from "@langchain/openai";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Backend } from "../backends.ts";
import {
  assertCity,
  assertLimited,
  assertUsage,
  CITY_SCHEMA,
  firstText,
  PLACE_SCHEMA,
  slowMessage,
  thrownBy,
  Toolbox,
} from "../expect.ts";
import type { Cell, Client } from "../matrix.ts";

function chatOf({ baseURL, token }: Backend, fields: ChatOpenAIFields = {}): ChatOpenAI {
  return new ChatOpenAI({
    model: "openclaw",
    apiKey: token,
    configuration: { baseURL },
    maxRetries: 0,
    ...fields,
  });
}

function whole(fields: ChatOpenAIFields): Cell {
  return async (backend) => {
    const { says, reply } = backend.lines.chat;
    const message = await chatOf(backend, fields).invoke(says);
    assertMatch(message.text, reply);
    const { input_tokens: input, output_tokens: output } = message.usage_metadata ?? {};
    assertUsage({ input, output });
  };
}

function streamed(fields: ChatOpenAIFields): Cell {
  return async (backend) => {
    const { says, reply } = backend.lines.chat;
    let text = "";
    let counted = { input: 0, output: 0 };
    for await (const chunk of await chatOf(backend, fields).stream(says)) {
      text += chunk.text;
      const { input_tokens: input = 0, output_tokens: output = 0 } = chunk.usage_metadata ?? {};
      counted = { input: counted.input + input, output: counted.output + output };
    }
    assertMatch(text, reply);
    assertUsage(counted);
  };
}

const TOOLS = Object.entries(Toolbox.descriptions).map(([name, description]) => ({
  type: "function" as const,
  function: { name, description, parameters: PLACE_SCHEMA },
}));

async function toolsLoop(backend: Backend): Promise<void> {
  const toolbox = new Toolbox();
  const model = chatOf(backend).bindTools(TOOLS);
  const messages: BaseMessage[] = [];
  let reply = "";
  for (const line of backend.lines.tools) {
    messages.push(new HumanMessage(line));
    for (;;) {
      const answer = await model.invoke(messages);
      assert(AIMessage.isInstance(answer));
      messages.push(answer);
      reply = answer.text;
      const calls = answer.tool_calls ?? [];
      if (calls.length === 0) break;
      toolbox.sawCalls(calls.length);
      for (const { id, name, args } of calls) {
        const content = toolbox.useJson(name, JSON.stringify(args));
        messages.push(new ToolMessage({ tool_call_id: id!, content }));
      }
    }
  }
  toolbox.assertLooped(reply);
}

async function structuredOutput(backend: Backend): Promise<void> {
  const model = chatOf(backend).withStructuredOutput(CITY_SCHEMA, {
    name: "city",
    method: "jsonSchema",
  });
  assertCity(await model.invoke(backend.lines.structured));
}

async function embeddings(backend: Backend): Promise<void> {
  const { baseURL, token } = backend;
  const client = new OpenAIEmbeddings({
    model: "openclaw",
    apiKey: token,
    configuration: { baseURL },
    maxRetries: 0,
  });
  const [one, other] = await client.embedDocuments(["one text", "another text"]);
  assert(one!.length > 8 && one!.every(Number.isFinite));
  assertEquals(await client.embedQuery("one text"), one);
  assert(one!.some((value, index) => value !== other![index]));
}

/** What LangChain passes on of an error of the client underneath. */
interface ClientError {
  status?: number;
  lc_error_code?: string;
  headers?: Headers;
}

async function unauthorized(backend: Backend): Promise<void> {
  const ask = (apiKey: string) => () => chatOf(backend, { apiKey }).invoke("hello");
  const error = await thrownBy(ask("wrong-key")) as ClientError;
  assertEquals([error.status, error.lc_error_code], [401, "MODEL_AUTHENTICATION"]);
  await ask(backend.token)();
}

async function unknownModel(backend: Backend): Promise<void> {
  for (const [model, status] of [["gpt-4", 400], ["openclaw/nope", 404]] as const) {
    const error = await thrownBy(() => chatOf(backend, { model }).invoke("hello")) as ClientError;
    assertEquals(error.status, status);
  }
}

async function limited(backend: Backend): Promise<void> {
  await assertLimited(backend, {
    async refusal(message) {
      const error = await thrownBy(() => chatOf(backend).invoke(message)) as ClientError;
      assertEquals(error.lc_error_code, "MODEL_RATE_LIMIT");
      return { status: error.status, retryAfter: error.headers?.get("retry-after") };
    },
    guess: () => chatOf(backend, { apiKey: "wrong-key" }).invoke("hello"),
  });
}

async function abort(backend: Backend): Promise<void> {
  const message = slowMessage(backend);
  const controller = new AbortController();
  const stream = await chatOf(backend).stream(message, { signal: controller.signal });
  await firstText(textsOf(stream));
  controller.abort();
  await backend.observer.assertAborted(message);
}

async function* textsOf(stream: AsyncIterable<{ text: string }>): AsyncGenerator<string> {
  for await (const { text } of stream) yield text;
}

const CHAT: ChatOpenAIFields = { useResponsesApi: false };
const RESPONSES: ChatOpenAIFields = { useResponsesApi: true };

/** `@langchain/openai`; it waits in its own way before it tries again, whatever `Retry-After` says. */
export const LANGCHAIN: Client = {
  name: "@langchain/openai",
  cells: {
    chat: whole(CHAT),
    "stream + usage": streamed(CHAT),
    "tools loop": toolsLoop,
    "structured output": structuredOutput,
    responses: whole(RESPONSES),
    "responses stream": streamed(RESPONSES),
    embeddings,
    "401": unauthorized,
    "unknown model": unknownModel,
    "429": limited,
    abort,
  },
};
