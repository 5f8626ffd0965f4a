/**
 * Arguments of calls as the provider writes them, in all three dialects, by the official clients.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk";
import { assert, assertEquals, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { eventually } from "../harness/node_host.ts";
import { type Piece, ScriptedProvider } from "../harness/scripted_provider.ts";
import { eventsOf, validateStream } from "./responses_validator.ts";
import { type Json, ResponsesWorld } from "./responses_world.ts";

const PARAMETERS = { type: "object", properties: { city: { type: "string" } } } as const;
const CHAT_TOOLS = [{ type: "function" as const, function: { name: "f", parameters: PARAMETERS } }];
const RESPONSE_TOOLS = [{
  type: "function" as const,
  name: "f",
  parameters: PARAMETERS,
  strict: false,
}];
const MESSAGE_TOOLS = [{ name: "f", input_schema: PARAMETERS }];

/** What a client saw of the calls: names as they begin, pieces of arguments, and its end. */
type Reader = (world: ResponsesWorld, see: (what: string) => void, signal?: AbortSignal) => Promise<
  string
>;

const READERS: Record<string, Reader> = {
  async chat(world, see, signal) {
    const client = new OpenAI({ baseURL: world.baseURL, apiKey: TOKEN, maxRetries: 0 });
    const stream = await client.chat.completions.create({
      model: "openclaw",
      messages: [{ role: "user", content: "hi" }],
      tools: CHAT_TOOLS,
      stream: true,
    }, { signal });
    let end = "";
    for await (const { choices: [choice] } of stream) {
      for (const call of choice?.delta.tool_calls ?? []) {
        if (call.function?.name) see(`${call.index} ${call.function.name}`);
        if (call.function?.arguments) see(call.function.arguments);
      }
      end = choice?.finish_reason ?? end;
    }
    return end;
  },
  async responses(world, see, signal) {
    const client = new OpenAI({ baseURL: world.baseURL, apiKey: TOKEN, maxRetries: 0 });
    const stream = await client.responses.create({
      model: "openclaw",
      input: "hi",
      tools: RESPONSE_TOOLS,
      stream: true,
    }, { signal });
    let end = "";
    for await (const event of stream) {
      if (event.type === "response.output_item.added" && event.item.type === "function_call") {
        see(`${event.output_index} ${event.item.name}`);
      }
      if (event.type === "response.function_call_arguments.delta") see(event.delta);
      if (event.type === "response.failed") throw new Error(event.response.error?.message);
      end = event.type;
    }
    return end;
  },
  async messages(world, see, signal) {
    const client = new Anthropic({ baseURL: world.gateway.httpUrl, apiKey: TOKEN, maxRetries: 0 });
    const stream = client.messages.stream({
      model: "openclaw",
      max_tokens: 100,
      messages: [{ role: "user", content: "hi" }],
      tools: [...MESSAGE_TOOLS],
    }, { signal });
    for await (const event of stream) {
      if (event.type === "content_block_start" && event.content_block.type === "tool_use") {
        see(`${event.index} ${event.content_block.name}`);
      }
      if (event.type !== "content_block_delta" || event.delta.type !== "input_json_delta") continue;
      see(event.delta.partial_json);
    }
    return (await stream.finalMessage()).stop_reason ?? "";
  },
};

const ENDS: Record<string, string> = {
  chat: "tool_calls",
  responses: "response.completed",
  messages: "tool_use",
};

function call(id: string, text: string): Piece {
  return { call: { id, name: "f", arguments: text } };
}

/** A promise that is kept from outside. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { until: promise, open: resolve };
}

for (const [name, read] of Object.entries(READERS)) {
  Deno.test(`${name}: arguments arrive while the provider still writes them`, async () => {
    const gates = [gate(), gate(), gate()];
    await using world = await ResponsesWorld.start([
      call("c1", ""),
      { until: gates[0]!.until },
      { more: '{"city":' },
      { until: gates[1]!.until },
      { more: '"Oslo"}' },
      call("c2", '{"city":"Ro'),
      { until: gates[2]!.until },
      { more: 'me"}' },
      { finish: "tool_calls" },
    ]);
    const seen: string[] = [];
    // Each gate opens only when what is before it has arrived at the client.
    const keys: Record<string, () => void> = {
      "0 f": gates[0]!.open,
      '{"city":': gates[1]!.open,
      '{"city":"Ro': gates[2]!.open,
    };
    const end = await read(world, (what) => {
      seen.push(what);
      keys[what]?.();
    });
    assertEquals(seen, ["0 f", '{"city":', '"Oslo"}', "1 f", '{"city":"Ro', 'me"}']);
    assertEquals(end, ENDS[name]);
  });

  Deno.test(`${name}: calls that are written at the same time come one after the other`, async () => {
    await using world = await ResponsesWorld.start([
      call("c1", '{"city":'),
      call("c2", '{"city":"Rome"}'),
      { moreOf: { index: 0, text: '"Oslo"}' } },
      { finish: "tool_calls" },
    ]);
    const seen: string[] = [];
    await read(world, (what) => seen.push(what));
    const second = seen.indexOf("1 f");
    assertEquals(seen.slice(1, second).join(""), '{"city":"Oslo"}');
    assertEquals(seen.slice(second + 1).join(""), '{"city":"Rome"}');
  });

  Deno.test(`${name}: a client that leaves in the middle of arguments ends the run`, async () => {
    await using world = await ResponsesWorld.start([call("c1", '{"city":'), { hold: true }]);
    const controller = new AbortController();
    await read(world, (what) => {
      if (what === '{"city":') controller.abort();
    }, controller.signal).catch(() => {});
    await world.provider.abandonment;
    const { runs } = world.gateway.gateway.state;
    await eventually(() => runs.activeCount === 0, "end of the run");
    assertEquals(await storedCalls(world), []);
  });

  Deno.test(`${name}: half a call of a provider that breaks off is an error, and not kept`, async () => {
    await using world = await ResponsesWorld.start([call("c1", '{"city":'), { cut: true }]);
    const seen: string[] = [];
    await assertRejects(() => read(world, (what) => seen.push(what)));
    assertEquals(seen, ["0 f", '{"city":']);
    assertEquals(await storedCalls(world), []);
  });

  Deno.test(`${name}: arguments that are no JSON arrive as they were written`, async () => {
    for (const text of ['{"city":', "Oslo", '["Oslo"]']) {
      await using world = await ResponsesWorld.start([
        call("c1", text),
        call("c2", '{"city":"Rome"}'),
        { finish: "tool_calls" },
      ]);
      const seen: string[] = [];
      assertEquals(
        await read(world, (what) => seen.push(what)).catch(() => "unreadable"),
        ENDS[name],
      );
      const second = seen.indexOf("1 f");
      const first = seen.slice(1, second).join("");
      const isWrapped = name === "messages" && !text.startsWith("{");
      assertEquals(first, isWrapped ? JSON.stringify({ raw_arguments: text }) : text);
      assertEquals(seen.slice(second + 1).join(""), '{"city":"Rome"}');
    }
  });
}

/** Calls in any transcript, once everything that was to be written is on disk. */
async function storedCalls({ gateway }: ResponsesWorld): Promise<unknown[]> {
  const { database } = gateway.gateway.state.store;
  await database.transact(() => {});
  return database.connection.all(`SELECT json FROM messages WHERE json LIKE '%"toolCall"%'`);
}

Deno.test("/v1/responses streams half a call as one that never was done", async () => {
  const half: Piece = call("c1", '{"city":');
  for (const [last, end] of [[{ cut: true }, "failed"], [{ finish: "length" }, "incomplete"]]) {
    await using world = await ResponsesWorld.start([half, last as Piece]);
    const answer = await world.post({ input: "hi", tools: RESPONSE_TOOLS, stream: true });
    const text = await answer.text();
    assertEquals(validateStream(text), [], text);
    assert(!text.includes("function_call_arguments.done"));
    const { response } = eventsOf(text).at(-1) as Json;
    assertEquals([response.status, response.output[0].status], [end, "incomplete"]);
  }
});

Deno.test("a model that broke off in the middle of a call is not followed by another", async () => {
  const provider = new ScriptedProvider(() => [call("c1", '{"city":'), { cut: true }]);
  const config = structuredClone(provider.config) as Json;
  config.models.providers.other = config.models.providers.scripted;
  config.agents.defaults.model = { primary: "scripted/one", fallbacks: ["other/one"] };
  await using gateway = await TestGateway.start({ config });
  await using _ = provider;
  for (const [tools, calls] of [[RESPONSE_TOOLS, 1], [[{ ...RESPONSE_TOOLS[0], name: "g" }], 2]]) {
    provider.calls.length = 0;
    const answer = await fetch(`${gateway.httpUrl}/v1/responses`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ model: "openclaw", input: "hi", tools, stream: true }),
    });
    const text = await answer.text();
    assert(text.includes("PROVIDER_CUT"), text);
    assertEquals(provider.calls.length, calls);
  }
});

Deno.test("arguments nested without end are handed over as they were written", async () => {
  const deep = '{"a":'.repeat(20_000) + "1" + "}".repeat(20_000);
  await using world = await ResponsesWorld.start([call("c1", deep), { finish: "tool_calls" }]);
  const bodies: [path: string, body: Json, read: (answer: Json) => unknown][] = [
    [
      "chat/completions",
      { messages: [{ role: "user", content: "hi" }], tools: CHAT_TOOLS },
      ({ choices }) => choices[0].message.tool_calls[0].function.arguments,
    ],
    ["responses", { input: "hi", tools: RESPONSE_TOOLS }, ({ output }) => output[0].arguments],
    [
      "messages",
      { max_tokens: 9, messages: [{ role: "user", content: "hi" }], tools: MESSAGE_TOOLS },
      ({ content }) => content[0].input.raw_arguments,
    ],
  ];
  for (const [path, body, read] of bodies) {
    const answer = await fetch(`${world.baseURL}/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ model: "openclaw", ...body }),
    });
    assertEquals([answer.status, read(await answer.json())], [200, deep], path);
  }
});
