/**
 * Functions of a client's own, over `/v1/chat/completions`, on a whole gateway.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import OpenAI from "openai";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";

type Message = OpenAI.Chat.ChatCompletionMessageParam;
type Tool = OpenAI.Chat.ChatCompletionTool;

function tool(name: string, property: string): Tool {
  const parameters = {
    type: "object",
    properties: { [property]: { type: "string" } },
    required: [property],
  };
  return { type: "function", function: { name, parameters } };
}

const TOOLS = [tool("get_weather", "city"), tool("get_time", "zone")];

function clientOf(gateway: TestGateway): OpenAI {
  return new OpenAI({ baseURL: `${gateway.httpUrl}/v1`, apiKey: TOKEN, maxRetries: 0 });
}

/** Asks until no function is called any more; every call is answered with its name. */
async function loop(
  client: OpenAI,
  text: string,
  rest: { user?: string } = {},
): Promise<{ messages: Message[]; rounds: string[][]; ids: string[] }> {
  const messages: Message[] = [{ role: "user", content: text }];
  const rounds: string[][] = [];
  const ids: string[] = [];
  while (rounds.length < 5) {
    const { choices } = await client.chat.completions.create({
      model: "openclaw",
      messages,
      tools: TOOLS,
      ...rest,
    });
    const { message, finish_reason } = choices[0]!;
    messages.push(message);
    const calls = (message.tool_calls ?? []).filter((call) => call.type === "function");
    assertEquals(finish_reason, calls.length > 0 ? "tool_calls" : "stop");
    if (calls.length === 0) break;
    rounds.push(calls.map(({ function: { name } }) => name));
    for (const { id, function: { name } } of calls) {
      ids.push(id);
      messages.push({ role: "tool", tool_call_id: id, content: `answer of ${name}` });
    }
  }
  return { messages, rounds, ids };
}

Deno.test("chat: functions are called side by side and in rounds, under ids of their own", async () => {
  await using gateway = await TestGateway.start();
  const client = clientOf(gateway);
  const once = await loop(client, "get_weather in Paris and get_time");
  assertEquals(once.rounds, [["get_weather", "get_time"]]);
  assertMatch(String(once.messages.at(-1)?.content), /get_time: answer of get_time/);
  const twice = await loop(client, "get_weather, then get_time");
  assertEquals(twice.rounds, [["get_weather"], ["get_time"]]);
  const ids = [...once.ids, ...twice.ids];
  assertEquals(new Set(ids).size, ids.length);
  assert(ids.every((id) => /^call_[0-9a-f]{24}$/.test(id)));
});

Deno.test("chat: a session that knows the conversation is not told it again", async () => {
  await using gateway = await TestGateway.start();
  const client = clientOf(gateway);
  const { messages, rounds } = await loop(client, "get_weather, then get_time", { user: "u1" });
  assertEquals(rounds.length, 2);
  const key = "agent:main:openai-user:u1";
  const stored = gateway.gateway.state.store.history(key, { limit: 50 }).map(({ message }) =>
    message
  );
  assertEquals(stored.map(({ role }) => role), [
    "user",
    "assistant",
    "toolResult",
    "user",
    "assistant",
    "toolResult",
    "user",
    "assistant",
  ]);
  assert(stored.every((message) => message.role !== "user" || message.earlier === undefined));
  // The demo counts what it sees: 4 messages with calls and results, 1 answer, 1 question.
  const { choices } = await client.chat.completions.create({
    model: "openclaw",
    messages: [...messages, { role: "user", content: "and you?" }],
    user: "u1",
  });
  assertMatch(choices[0]!.message.content!, /I see 7 messages/);
});

Deno.test("chat: the provider gets functions, choice, format and history as they were sent", async () => {
  await using provider = new FakeProvider();
  await using gateway = await TestGateway.start({ config: provider.config });
  const schema = { type: "object", properties: {}, additionalProperties: false };
  await clientOf(gateway).chat.completions.create({
    model: "openclaw",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "one" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{
          id: "c1",
          type: "function",
          function: { name: "get_time", arguments: "{}" },
        }],
      },
      { role: "tool", tool_call_id: "c1", content: "noon" },
      { role: "user", content: "two" },
    ],
    tools: TOOLS,
    tool_choice: { type: "function", function: { name: "get_time" } },
    parallel_tool_calls: false,
    response_format: { type: "json_schema", json_schema: { name: "s", schema, strict: true } },
    frequency_penalty: 1,
    stop: ["END"],
  });
  const [{ body }] = provider.calls as [typeof provider.calls[0]];
  assertEquals<unknown>(body.messages.slice(1), [
    { role: "user", content: "one" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "get_time", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c1", content: "noon" },
    { role: "user", content: "two" },
  ]);
  assertEquals<unknown>(body.tools, TOOLS);
  assertEquals(body.tool_choice, { type: "function", function: { name: "get_time" } });
  const { parallel_tool_calls, response_format, frequency_penalty, stop } = body;
  assertEquals([parallel_tool_calls, frequency_penalty, stop], [false, 1, ["END"]]);
  assertEquals(response_format, {
    type: "json_schema",
    json_schema: { name: "s", schema, strict: true },
  });
});

Deno.test("chat: structured answers parse, streams gather, and what cannot be is refused", async () => {
  await using gateway = await TestGateway.start();
  const client = clientOf(gateway);
  const messages: Message[] = [{ role: "user", content: "Greet Rome" }];
  const schema = {
    type: "object",
    properties: { city: { type: "string" }, n: { type: "integer", minimum: 3 } },
    required: ["city", "n"],
    additionalProperties: false,
  };
  const { choices } = await client.chat.completions.parse({
    model: "openclaw",
    messages,
    response_format: { type: "json_schema", json_schema: { name: "s", schema, strict: true } },
  });
  assertEquals(JSON.parse(choices[0]!.message.content!), { city: "Rome", n: 3 });
  const streamed = await client.chat.completions.stream({
    model: "openclaw",
    messages,
    tools: TOOLS,
    tool_choice: "required",
    stream_options: { include_usage: true },
  }).finalChatCompletion();
  const [call] = streamed.choices[0]!.message.tool_calls!;
  assertEquals(call?.type === "function" && call.function.arguments, '{"city":"Rome"}');
  assert(streamed.usage!.total_tokens > 0);
  const refused = async (body: Partial<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming>) => {
    const error: unknown = await client.chat.completions.create({
      model: "openclaw",
      messages,
      ...body,
    }).catch((thrown) => thrown);
    assert(error instanceof OpenAI.BadRequestError);
    return error.message;
  };
  assertMatch(await refused({ n: 2 }), /`n`: only 1 is supported/);
  assertMatch(await refused({ tool_choice: "required" }), /invalid tool configuration/);
  assertMatch(await refused({ tools: [TOOLS[0]!, TOOLS[0]!] }), /invalid tool configuration/);
});
