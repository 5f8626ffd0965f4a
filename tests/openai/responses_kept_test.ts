/**
 * Responses that clients come back to: continuing, reading, deleting, cancelling.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Responses } from "../../lib/gateway/http/responses.ts";
import { eventually } from "../harness/node_host.ts";
import { type Json, ResponsesWorld } from "./responses_world.ts";
import { validateResponse } from "./responses_validator.ts";

/** Answers with what the user said last. */
const ECHO = ({ messages }: Json) => {
  const { content } = messages.findLast(({ role }: Json) => role === "user");
  const text = typeof content === "string" ? content : content.at(-1).text;
  return [{ text: `re: ${text}` }, { finish: "stop" as const }];
};

Deno.test("previous_response_id goes on with the conversation, streamed or not", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const first = await world.create({ input: "one" });
  const second = await world.create({ input: "two", previous_response_id: first.id });
  assertEquals(second.previous_response_id, first.id);
  assertEquals(world.lastMessages, ["user: one", "assistant: re: one", "user: two"]);
  await world.stream({ input: "three", previous_response_id: second.id });
  assertEquals(world.lastMessages.length, 5);
});

Deno.test("two continuations of one response do not see each other", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const { id } = await world.create({ input: "one" });
  await world.create({ input: "two", previous_response_id: id });
  const other = await world.create({ input: "other", previous_response_id: id });
  assertEquals(world.lastMessages, ["user: one", "assistant: re: one", "user: other"]);
  await world.create({ input: "further", previous_response_id: other.id });
  assertEquals(world.lastMessages.slice(-3), [
    "user: other",
    "assistant: re: other",
    "user: further",
  ]);
});

Deno.test("continuations at the same time do not see each other either", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const { id } = await world.create({ input: "one" });
  const atOnce = ["a", "b", "c"].map((input) => world.create({ input, previous_response_id: id }));
  await Promise.all(atOnce);
  for (const { messages } of world.provider.calls.slice(-3)) {
    assertEquals(messages.slice(1).map(({ role }) => role), ["user", "assistant", "user"]);
  }
});

Deno.test("of two who ask in the same moment, one goes on in the session and one in a branch", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const { id } = await world.create({ input: "one", user: "kit" });
  const responses = new Responses(world.gateway.gateway.state);
  const owner = { subject: "secret", agentId: "main" };
  const keys = await Promise.all([1, 2].map(() => responses.continueFrom(id, owner)));
  assertEquals(keys[0], "agent:main:openresponses-user:kit");
  assertMatch(keys[1]!, /^agent:main:openresponses:[0-9a-f-]{36}$/);
});

Deno.test("a continuation that failed leaves no trace in the next one", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const { id } = await world.create({ input: "one" });
  world.provider.script = () => [{ text: "half" }, { cut: true }];
  assertEquals((await world.refusal({ input: "two", previous_response_id: id }))[0], 502);
  world.provider.script = ECHO;
  await world.create({ input: "two", previous_response_id: id });
  assertEquals(world.lastMessages, ["user: one", "assistant: re: one", "user: two"]);
});

Deno.test("a response of a session that went on otherwise is continued as it was", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const first = await world.create({ input: "one", user: "kit" });
  await world.create({ input: "aside", user: "kit" });
  assertEquals(world.lastMessages.length, 3);
  await world.create({ input: "two", previous_response_id: first.id });
  assertEquals(world.lastMessages, ["user: one", "assistant: re: one", "user: two"]);
});

Deno.test("a response whose session was deleted cannot be continued", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const { id } = await world.create({ input: "one", user: "kit" });
  const { store } = world.gateway.gateway.state;
  await store.deleteSession("agent:main:openresponses-user:kit");
  const [status, error] = await world.refusal({ input: "two", previous_response_id: id });
  assertEquals([status, error.code], [400, "PREVIOUS_RESPONSE_NOT_FOUND"]);
});

Deno.test("responses outlive the gateway", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    let id: string;
    {
      await using world = await ResponsesWorld.start(ECHO, { stateDir });
      ({ id } = await world.create({ input: "one" }));
    }
    await using world = await ResponsesWorld.start(ECHO, { stateDir });
    assertEquals((await world.get(`/${id}`)).output[0].content[0].text, "re: one");
    await world.create({ input: "two", previous_response_id: id });
    assertEquals(world.lastMessages, ["user: one", "assistant: re: one", "user: two"]);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("a call of a function is answered in the next request, by id or with the whole history", async () => {
  const tools = [{ type: "function", name: "add", parameters: { type: "object" } }];
  await using world = await ResponsesWorld.start(({ messages }: Json) => {
    const results = messages.filter(({ role }: Json) => role === "tool");
    if (results.length > 0) return [{ text: "5 and 7" }, { finish: "stop" }];
    return [
      { call: { id: "c1", name: "add", arguments: '{"a":2}' } },
      { call: { id: "c2", name: "add", arguments: '{"a":4}' } },
      { finish: "tool_calls" },
    ];
  });
  const first = await world.create({ input: "add", tools });
  const outputs = first.output.map(({ call_id }: Json, index: number) => ({
    type: "function_call_output",
    call_id,
    output: ["5", "7"][index],
  }));
  const bodies: Json[] = [
    { input: outputs, previous_response_id: first.id },
    { input: [{ role: "user", content: "add" }, ...first.output, ...outputs] },
    {
      input: [
        { role: "user", content: "add" },
        ...first.output.map(({ id }: Json) => ({ type: "item_reference", id })),
        ...outputs,
      ],
    },
  ];
  for (const body of bodies) {
    const second = await world.create({ ...body, tools });
    assertEquals(second.output[0].content[0].text, "5 and 7");
    const roles = world.provider.calls.at(-1)!.messages.slice(1).map(({ role }) => role);
    assertEquals(roles, ["user", "assistant", "tool", "tool"], JSON.stringify(body));
    const [, calling] = world.provider.calls.at(-1)!.messages.slice(1) as Json[];
    assertEquals(calling!.tool_calls.length, 2);
  }
});

Deno.test("what is not there or not the caller's cannot be continued, read or referred to", async () => {
  await using world = await ResponsesWorld.start(ECHO, {
    config: { agents: { list: [{ id: "main" }, { id: "other" }] } },
  });
  const { id } = await world.create({ input: "one" });
  const unknown = id.replace(/.$/, (char: string) => char === "0" ? "1" : "0");
  const cases: [body: Json, headers: Record<string, string>][] = [
    [{ previous_response_id: unknown }, {}],
    [{ previous_response_id: "nonsense" }, {}],
    [{ previous_response_id: id, model: "openclaw/other" }, {}],
    [{ previous_response_id: id }, { "x-openclaw-session-key": "agent:main:x" }],
  ];
  for (const [body, headers] of cases) {
    const [status, error] = await world.refusal({ input: "two", ...body }, headers);
    assertEquals([status, error.code], [400, "PREVIOUS_RESPONSE_NOT_FOUND"]);
    assertMatch(error.message, /^Previous response with id '.+' not found\.$/);
  }
  const reference = { type: "item_reference", id: "msg_nothing" };
  const [status, error] = await world.refusal({
    input: [reference, { role: "user", content: "x" }],
  });
  assertEquals([status, error.code], [404, "ITEM_NOT_FOUND"]);
});

Deno.test("GET, its input and DELETE of a response", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const input = [
    { role: "system", content: "Be brief" },
    {
      role: "user",
      content: [
        { type: "input_text", text: "look" },
        {
          type: "input_image",
          detail: "low",
          image_url: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==",
        },
      ],
    },
  ];
  const made = await world.create({ input, metadata: { a: "b" }, instructions: "Help" });
  assertEquals(await world.get(`/${made.id}`), made);
  assertEquals([made.metadata, made.instructions], [{ a: "b" }, "Help"]);
  const list = await world.get(`/${made.id}/input_items?order=asc`);
  assertEquals(list.data.map(({ role }: Json) => role), ["system", "user"]);
  assertEquals(list.data[1].content[1], { type: "input_image", detail: "low", image_url: null });
  const page = await world.get(`/${made.id}/input_items?limit=1`);
  assertEquals([page.data[0].role, page.has_more, page.first_id], ["user", true, list.data[1].id]);
  const next = await world.get(`/${made.id}/input_items?limit=1&after=${page.last_id}`);
  assertEquals([next.data[0].role, next.has_more], ["system", false]);

  const deleted = await world.fetch(`/${made.id}`, { method: "DELETE" });
  assertEquals(await deleted.json(), { id: made.id, object: "response", deleted: true });
  for (const path of [`/${made.id}`, `/${made.id}/input_items`]) {
    const answer = await world.fetch(path);
    assertEquals([answer.status, (await answer.json()).error.code], [404, "RESPONSE_NOT_FOUND"]);
  }
  const again = await world.fetch(`/${made.id}`, { method: "DELETE" });
  assertEquals(again.status, 404);
  await again.body?.cancel();
});

Deno.test("a response that is not to be stored is gone", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const made = await world.create({ input: "one", store: false });
  assertEquals(made.store, false);
  const answer = await world.fetch(`/${made.id}`);
  assertEquals(answer.status, 404);
  await answer.body?.cancel();
  const [status] = await world.refusal({ input: "two", previous_response_id: made.id });
  assertEquals(status, 400);
});

Deno.test("a background response goes on without its client and is polled", async () => {
  await using world = await ResponsesWorld.start([{ text: "Done" }, { finish: "stop" }]);
  const answer = await world.post({ input: "one", background: true });
  const begun = await answer.json();
  assertEquals([answer.status, begun.status, begun.output], [200, "in_progress", []]);
  const poll = async () => {
    while (true) {
      const response = await world.get(`/${begun.id}`);
      if (response.status !== "in_progress") return response;
    }
  };
  const ended = await poll();
  assertEquals([ended.status, validateResponse(ended)], ["completed", []]);
  const next = await world.create({ input: "two", previous_response_id: begun.id });
  assertNotEquals(next.id, begun.id);
  assertEquals(world.lastMessages.length, 3);
});

Deno.test("a background response is cancelled, others are not", async () => {
  await using world = await ResponsesWorld.start([{ text: "Part" }, { hold: true }]);
  const begun = await (await world.post({ input: "one", background: true })).json();
  await eventually(() => world.provider.calls.length > 0, "call of the provider");
  const busy = await world.refusal({ input: "x", previous_response_id: begun.id });
  assertEquals([busy[0], busy[1].code], [409, "RESPONSE_IN_PROGRESS"]);
  const cancelled = await world.fetch(`/${begun.id}/cancel`, { method: "POST" });
  const response = await cancelled.json();
  assertEquals([response.status, validateResponse(response)], ["cancelled", []]);
  await world.provider.abandonment;
  assertEquals((await world.get(`/${begun.id}`)).status, "cancelled");

  world.provider.script = ECHO;
  const made = await world.create({ input: "two" });
  const refused = await world.fetch(`/${made.id}/cancel`, { method: "POST" });
  const { error } = await refused.json();
  assertEquals([refused.status, error.message], [400, "Cannot cancel a synchronous response."]);
});

Deno.test("a background response that the gateway's stop cut short says so", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    let id: string;
    {
      await using world = await ResponsesWorld.start([{ text: "Part" }, { hold: true }], {
        stateDir,
      });
      ({ id } = await (await world.post({ input: "one", background: true })).json());
      await eventually(() => world.provider.calls.length > 0, "call of the provider");
    }
    await using world = await ResponsesWorld.start(ECHO, { stateDir });
    const { status, error } = await world.get(`/${id}`);
    assertEquals(status, "failed");
    assertMatch(error.openclaw_code, /^RUN_(ABORTED|INTERRUPTED)$/);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("only the methods of a path are served below /v1/responses", async () => {
  await using world = await ResponsesWorld.start(ECHO);
  const { id } = await world.create({ input: "one" });
  const cases: [path: string, method: string, status: number][] = [
    ["", "GET", 405],
    [`/${id}`, "POST", 405],
    [`/${id}/cancel`, "GET", 405],
    [`/${id}/other`, "GET", 404],
    [`/${id}/input_items/x`, "GET", 404],
    ["/resp_%zz", "GET", 400],
    ["/resp_none", "GET", 404],
  ];
  for (const [path, method, status] of cases) {
    const answer = await world.fetch(path, { method });
    assertEquals(answer.status, status, `${method} ${path}`);
    await answer.body?.cancel();
  }
  assert(id);
});
