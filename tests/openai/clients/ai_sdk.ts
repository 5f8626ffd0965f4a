/**
 * The AI SDK with both of its providers for OpenAI dialects. It has no calls for lists of models.
 *
 * @module
 */
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  APICallError,
  type EmbeddingModel,
  embedMany,
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  RetryError,
  streamText,
  tool,
} from "ai";
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

/** How one of the providers is used. */
interface Provider {
  model(backend: Backend, apiKey: string, id: string): LanguageModel;
  embeddings(backend: Backend): EmbeddingModel;
}

const MODEL = "openclaw";
const MAX_STEPS = 5;

function openai({ baseURL }: Backend, apiKey: string) {
  return createOpenAI({ baseURL, apiKey });
}

function compatible({ baseURL }: Backend, apiKey: string) {
  return createOpenAICompatible({
    name: "openclaw",
    baseURL,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
}

const CHAT: Provider = {
  model: (backend, apiKey, id) => openai(backend, apiKey).chat(id),
  embeddings: (backend) => openai(backend, backend.token).embedding(MODEL),
};

const RESPONSES: Provider = {
  ...CHAT,
  model: (backend, apiKey, id) => openai(backend, apiKey).responses(id),
};

const COMPATIBLE: Provider = {
  model: (backend, apiKey, id) => compatible(backend, apiKey)(id),
  embeddings: (backend) => compatible(backend, backend.token).embeddingModel(MODEL),
};

function whole(provider: Provider): Cell {
  return async (backend) => {
    const { says, reply } = backend.lines.chat;
    const { text, finishReason, usage } = await generateText({
      model: provider.model(backend, backend.token, MODEL),
      prompt: says,
      maxRetries: 0,
    });
    assertMatch(text, reply);
    assertEquals(finishReason, "stop");
    assertUsage({ input: usage.inputTokens, output: usage.outputTokens });
  };
}

function streamed(provider: Provider): Cell {
  return async (backend) => {
    const { says, reply } = backend.lines.chat;
    const result = streamText({
      model: provider.model(backend, backend.token, MODEL),
      prompt: says,
      maxRetries: 0,
      // The default prints errors, which are thrown as well.
      onError: () => {},
    });
    let text = "";
    for await (const delta of result.textStream) text += delta;
    assertMatch(text, reply);
    assertEquals(await result.finishReason, "stop");
    const { inputTokens, outputTokens } = await result.usage;
    assertUsage({ input: inputTokens, output: outputTokens });
  };
}

function toolsLoop(provider: Provider): Cell {
  return async (backend) => {
    const toolbox = new Toolbox();
    const toolNamed = (name: keyof typeof Toolbox.descriptions) =>
      tool({
        description: Toolbox.descriptions[name],
        inputSchema: jsonSchema<{ city: string }>(PLACE_SCHEMA),
        execute: (args) => toolbox.use(name, args),
      });
    const messages: ModelMessage[] = [];
    let reply = "";
    for (const content of backend.lines.tools) {
      messages.push({ role: "user", content });
      const { text, steps, finishReason } = await generateText({
        model: provider.model(backend, backend.token, MODEL),
        messages,
        tools: { weather: toolNamed("weather"), local_time: toolNamed("local_time") },
        stopWhen: isStepCount(MAX_STEPS),
        maxRetries: 0,
      });
      for (const step of steps) toolbox.sawCalls(step.toolCalls.length);
      messages.push(...steps.flatMap(({ response }) => response.messages));
      assertEquals(finishReason, "stop");
      reply = text;
    }
    toolbox.assertLooped(reply);
  };
}

function structuredOutput(provider: Provider): Cell {
  return async (backend) => {
    const { output } = await generateText({
      model: provider.model(backend, backend.token, MODEL),
      prompt: backend.lines.structured,
      output: Output.object({ schema: jsonSchema(CITY_SCHEMA), name: "city" }),
      maxRetries: 0,
    });
    assertCity(output);
  };
}

function embeddings(provider: Provider): Cell {
  return async (backend) => {
    const { embeddings } = await embedMany({
      model: provider.embeddings(backend),
      values: ["one text", "another text"],
      maxRetries: 0,
    });
    assertEquals(embeddings.length, 2);
    assert(embeddings.every((one) => one.length > 8 && one.every(Number.isFinite)));
    assert(embeddings[0]!.some((value, index) => value !== embeddings[1]![index]));
  };
}

/** The call of a refusal; with several attempts the SDK wraps the last of them. */
async function refusalOf(call: () => Promise<unknown>): Promise<APICallError> {
  const thrown = await thrownBy(call);
  const error = RetryError.isInstance(thrown) ? thrown.lastError : thrown;
  assert(APICallError.isInstance(error), String(error));
  return error;
}

function refusals(provider: Provider): Record<"401" | "unknown model" | "429", Cell> {
  const ask = async (backend: Backend, prompt: string, apiKey: string, more = {}) => {
    const model = provider.model(backend, apiKey, MODEL);
    return (await generateText({ model, prompt, maxRetries: 0, ...more })).text;
  };
  return {
    "401": async (backend) => {
      const error = await refusalOf(() => ask(backend, "hello", "wrong-key"));
      assertEquals([error.statusCode, error.isRetryable], [401, false]);
      await ask(backend, "hello", backend.token);
    },
    "unknown model": async (backend) => {
      for (const [id, status] of [["gpt-4", 400], ["openclaw/nope", 404]] as const) {
        const model = provider.model(backend, backend.token, id);
        const error = await refusalOf(() =>
          generateText({ model, prompt: "hello", maxRetries: 0 })
        );
        assertEquals(error.statusCode, status);
      }
    },
    "429": (backend) =>
      assertLimited(backend, {
        async refusal(message) {
          const error = await refusalOf(() => ask(backend, message, backend.token));
          assert(error.isRetryable);
          return { status: error.statusCode, retryAfter: error.responseHeaders?.["retry-after"] };
        },
        guess: () => ask(backend, "hello", "wrong-key"),
        patiently: (message) => ask(backend, message, backend.token, { maxRetries: 2 }),
      }),
  };
}

function abort(provider: Provider): Cell {
  return async (backend) => {
    const message = slowMessage(backend);
    const controller = new AbortController();
    const result = streamText({
      model: provider.model(backend, backend.token, MODEL),
      prompt: message,
      maxRetries: 0,
      abortSignal: controller.signal,
      onError: () => {},
    });
    await firstText(result.textStream);
    controller.abort();
    await backend.observer.assertAborted(message);
  };
}

function cellsOf(provider: Provider): Client["cells"] {
  return {
    chat: whole(provider),
    "stream + usage": streamed(provider),
    "tools loop": toolsLoop(provider),
    "structured output": structuredOutput(provider),
    embeddings: embeddings(provider),
    ...refusals(provider),
    abort: abort(provider),
  };
}

/** `@ai-sdk/openai`; its models speak the responses dialect unless told otherwise. */
export const AI_SDK_OPENAI: Client = {
  name: "ai + @ai-sdk/openai",
  cells: {
    ...cellsOf(CHAT),
    responses: whole(RESPONSES),
    "responses stream": streamed(RESPONSES),
  },
};

/** The same package with everything in the responses dialect that is a matter of it. */
export const AI_SDK_RESPONSES: Client = {
  name: "ai + @ai-sdk/openai (responses)",
  cells: {
    responses: whole(RESPONSES),
    "responses stream": streamed(RESPONSES),
    "tools loop": toolsLoop(RESPONSES),
    "structured output": structuredOutput(RESPONSES),
    ...refusals(RESPONSES),
    abort: abort(RESPONSES),
  },
};

/** `@ai-sdk/openai-compatible`, which knows no responses. */
export const AI_SDK_COMPATIBLE: Client = {
  name: "ai + @ai-sdk/openai-compatible",
  cells: cellsOf(COMPATIBLE),
};
