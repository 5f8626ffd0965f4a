/**
 * The agents SDK of OpenAI, in both dialects. It has no calls for lists of models and for embeddings.
 *
 * @module
 */
import {
  Agent,
  type AgentInputItem,
  type JsonSchemaDefinition,
  OpenAIProvider,
  Runner,
  tool,
  user,
} from "@openai/agents";
import { assert, assertEquals, assertMatch } from "@std/assert";
import OpenAI from "openai";
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

interface Options {
  apiKey?: string;
  maxRetries?: number;
}

type Dialect = "chat" | "responses";

function runnerOf({ baseURL, token }: Backend, dialect: Dialect, options: Options = {}): Runner {
  const openAIClient = new OpenAI({ baseURL, apiKey: token, maxRetries: 0, ...options });
  return new Runner({
    modelProvider: new OpenAIProvider({ openAIClient, useResponses: dialect === "responses" }),
    tracingDisabled: true,
  });
}

function agentOf(model = "openclaw"): Agent {
  return new Agent({ name: "tester", instructions: "Be brief.", model });
}

function whole(dialect: Dialect): Cell {
  return async (backend) => {
    const { says, reply } = backend.lines.chat;
    const { finalOutput, rawResponses } = await runnerOf(backend, dialect).run(agentOf(), says);
    assertMatch(String(finalOutput), reply);
    const { inputTokens: input, outputTokens: output } = rawResponses[0]!.usage;
    assertUsage({ input, output });
  };
}

function streamed(dialect: Dialect): Cell {
  return async (backend) => {
    const { says, reply } = backend.lines.chat;
    const result = await runnerOf(backend, dialect).run(agentOf(), says, { stream: true });
    let text = "";
    for await (const piece of result.toTextStream()) text += piece;
    await result.completed;
    assertMatch(text, reply);
    assertEquals(result.finalOutput, text);
    const { inputTokens: input, outputTokens: output } = result.rawResponses[0]!.usage;
    assertUsage({ input, output });
  };
}

function toolsLoop(dialect: Dialect): Cell {
  return async (backend) => {
    const toolbox = new Toolbox();
    const tools = (["weather", "local_time"] as const).map((name) =>
      tool({
        name,
        description: Toolbox.descriptions[name],
        parameters: { ...PLACE_SCHEMA, required: ["city"] },
        strict: true,
        execute: (args) => toolbox.use(name, args as { city: string }),
      })
    );
    const agent = new Agent({
      name: "tester",
      instructions: "Be brief.",
      model: "openclaw",
      tools,
    });
    const runner = runnerOf(backend, dialect);
    let history: AgentInputItem[] = [];
    let reply = "";
    for (const line of backend.lines.tools) {
      const result = await runner.run(agent, [...history, user(line)]);
      for (const { output } of result.rawResponses) {
        toolbox.sawCalls(output.filter(({ type }) => type === "function_call").length);
      }
      history = result.history;
      reply = String(result.finalOutput);
    }
    toolbox.assertLooped(reply);
  };
}

function structuredOutput(dialect: Dialect): Cell {
  return async (backend) => {
    const outputType: JsonSchemaDefinition = {
      type: "json_schema",
      name: "city",
      strict: true,
      schema: { ...CITY_SCHEMA, required: ["city", "people"] },
    };
    const agent = new Agent({ name: "tester", model: "openclaw", outputType });
    const { finalOutput } = await runnerOf(backend, dialect).run(agent, backend.lines.structured);
    assertCity(finalOutput);
  };
}

function refusals(dialect: Dialect): Record<"401" | "unknown model" | "429", Cell> {
  const ask = async (backend: Backend, message: string, options: Options = {}) => {
    const { finalOutput } = await runnerOf(backend, dialect, options).run(agentOf(), message);
    return String(finalOutput);
  };
  return {
    "401": async (backend) => {
      const error = await thrownBy(() => ask(backend, "hello", { apiKey: "wrong-key" }));
      assert(error instanceof OpenAI.AuthenticationError, String(error));
      await ask(backend, "hello");
    },
    "unknown model": async (backend) => {
      for (const [model, status] of [["gpt-4", 400], ["openclaw/nope", 404]] as const) {
        const error = await thrownBy(() => runnerOf(backend, dialect).run(agentOf(model), "hello"));
        assert(error instanceof OpenAI.APIError, String(error));
        assertEquals(error.status, status);
      }
    },
    "429": (backend) =>
      assertLimited(backend, {
        async refusal(message) {
          const error = await thrownBy(() => ask(backend, message));
          assert(error instanceof OpenAI.RateLimitError, String(error));
          return { status: error.status, retryAfter: error.headers.get("retry-after") };
        },
        guess: () => ask(backend, "hello", { apiKey: "wrong-key" }),
        patiently: (message) => ask(backend, message, { maxRetries: 2 }),
      }),
  };
}

function abort(dialect: Dialect): Cell {
  return async (backend) => {
    const message = slowMessage(backend);
    const controller = new AbortController();
    const { signal } = controller;
    const runner = runnerOf(backend, dialect);
    const result = await runner.run(agentOf(), message, { stream: true, signal });
    const texts = result.toTextStream();
    await firstText(texts);
    controller.abort();
    await backend.observer.assertAborted(message);
    await result.completed.catch(() => {});
  };
}

function cellsOf(dialect: Dialect): Client["cells"] {
  return {
    "tools loop": toolsLoop(dialect),
    "structured output": structuredOutput(dialect),
    ...refusals(dialect),
    abort: abort(dialect),
  };
}

/** `@openai/agents` in its default dialect. */
export const AGENTS_RESPONSES: Client = {
  name: "@openai/agents (responses)",
  cells: {
    responses: whole("responses"),
    "responses stream": streamed("responses"),
    ...cellsOf("responses"),
  },
};

/** `@openai/agents` told to use chat completions. */
export const AGENTS_CHAT: Client = {
  name: "@openai/agents (chat)",
  cells: { chat: whole("chat"), "stream + usage": streamed("chat"), ...cellsOf("chat") },
};
