/**
 * A first conversation, the way people hold it: three turns by the command line, the official OpenAI
 * client and a raw WebSocket, all in one session, with a mock provider and with the demo model.
 *
 * @module
 */
import { LLMock } from "@copilotkit/aimock";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import OpenAI from "openai";
import { RunningGateway } from "../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../scripts/harness/program.ts";
import { type Frame, TestSocket } from "./harness/socket.ts";

const SESSION = "agent:main:shared";

interface Conversation {
  world: World;
  client: OpenAI;
  socket: TestSocket;
}

async function converse(
  config: Record<string, unknown>,
  hold: (conversation: Conversation) => Promise<void>,
): Promise<void> {
  await using world = await World.create(await sourceProgram());
  const text = JSON.stringify({ gateway: { mode: "local" }, ...config });
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, text);
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
  const client = new OpenAI({
    baseURL: `${gateway.url}/v1`,
    apiKey: world.token,
    maxRetries: 0,
    defaultHeaders: { "x-openclaw-session-key": SESSION },
  });
  await hold({ world, client, socket });
  assertEquals((await gateway.stop()).code, 0);
}

async function byCommand({ world }: Conversation, message: string): Promise<string> {
  const outcome = await world.run("agent", "--session-key", SESSION, "--message", message);
  assertEquals(outcome.code, 0, outcome.stderr);
  return outcome.stdout.trim();
}

async function bySdk({ client }: Conversation, content: string): Promise<string> {
  const stream = await client.chat.completions.create({
    model: "openclaw",
    messages: [{ role: "user", content }],
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let total = 0;
  for await (const { choices, usage } of stream) {
    text += choices[0]?.delta.content ?? "";
    total = usage?.total_tokens ?? total;
  }
  assert(total > 0, "usage is reported");
  return text;
}

async function bySocket({ socket }: Conversation, message: string): Promise<string> {
  const idempotencyKey = crypto.randomUUID();
  const ack = await socket.call("chat.send", { sessionKey: SESSION, message, idempotencyKey });
  assertEquals(ack.payload.status, "started");
  const { payload } = await socket.event(
    "chat",
    ({ runId, state }) => runId === idempotencyKey && state === "final",
  );
  return payload.message.content[0].text;
}

async function transcript({ socket }: Conversation): Promise<string[]> {
  const { payload } = await socket.call("chat.history", { sessionKey: SESSION });
  return payload.messages.map(({ role }: Frame) => role);
}

Deno.test({
  name: "conversation of three turns through a mock provider",
  // The mock leaves an interval of its own running.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 5 });
    await mock.start();
    for (
      const [asked, content] of [["one", "first answer"], ["two", "second answer"], [
        "three",
        "third",
      ]]
    ) {
      const usage = { prompt_tokens: 10, completion_tokens: 3 };
      mock.onMessage(asked!, { content: content!, usage });
    }
    const config = {
      agents: { defaults: { model: "mock/m1" } },
      models: {
        providers: {
          mock: {
            baseUrl: `${mock.url}/v1`,
            apiKey: "mock-key",
            models: [{ id: "m1", name: "M1" }],
          },
        },
      },
    };
    try {
      await converse(config, async (conversation) => {
        assertEquals(await byCommand(conversation, "one"), "first answer");
        assertEquals(await bySdk(conversation, "two"), "second answer");
        assertEquals(await bySocket(conversation, "three"), "third");
        const { data } = await conversation.client.models.list();
        assertEquals(data[0]?.id, "openclaw");
        assertEquals(
          (await conversation.client.models.retrieve("openclaw/main")).id,
          "openclaw/main",
        );
        assertEquals((await transcript(conversation)).length, 6);
        const last = JSON.stringify(mock.getRequests().at(-1)?.body);
        for (const text of ["one", "first answer", "two", "second answer", "three"]) {
          assertStringIncludes(last, text);
        }
        assert(last.length < 12_000, `a short turn sends ${last.length} bytes`);
      });
    } finally {
      await mock.stop();
    }
  },
});

Deno.test("conversation of three turns with the demo model", () =>
  converse({}, async (conversation) => {
    assertStringIncludes(await byCommand(conversation, "one"), "one");
    assertStringIncludes(await bySdk(conversation, "two"), "two");
    const answer = await bySocket(conversation, "three");
    assertStringIncludes(answer, "three");
    assertStringIncludes(answer, "two");
    assertEquals(await transcript(conversation), [
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
    ]);
  }));
