import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ask, textOf } from "../_fake_provider.ts";
import { DemoModel } from "./demo.ts";
import type { ModelMessage } from "../types.ts";

function user(text: string): ModelMessage {
  return { role: "user", content: [{ type: "text", text }] };
}

Deno.test("stream() of the demo says what it is and repeats the message in chunks", async () => {
  const events = await Array.fromAsync(new DemoModel().stream(ask("good morning")));
  const text = textOf(events);
  assert(text.startsWith("Offline demo"));
  assertStringIncludes(text, 'You said: "good morning"');
  assertStringIncludes(text, "openclaw config set models.providers.openai.apiKey");
  assert(events.length > 3);
  const again = await Array.fromAsync(new DemoModel().stream(ask("good morning")));
  assertEquals(again, events);
});

Deno.test("stream() of the demo remembers the conversation", async () => {
  const messages = [
    user("[Sun 2026-11-22 07:00 UTC] first"),
    { role: "assistant" as const, text: "x", toolCalls: [] },
    user("second"),
  ];
  const text = textOf(await Array.fromAsync(new DemoModel().stream(ask("", { messages }))));
  assertStringIncludes(text, 'You said: "second"');
  assertStringIncludes(text, "I see 3 messages");
  assertStringIncludes(text, 'before this one was: "first"');
});

Deno.test("stream() of the demo counts word by word, to 200 at most", async () => {
  const waits: number[] = [];
  const model = new DemoModel((ms) => Promise.resolve(void waits.push(ms)));
  const five = await Array.fromAsync(model.stream(ask("Please count to 5")));
  assertEquals(textOf(five), "Offline demo counting: 1 2 3 4 5");
  assertEquals(waits, [10, 10, 10, 10, 10]);
  const many = textOf(await Array.fromAsync(model.stream(ask("count to 5000"))));
  assertStringIncludes(many, "199 200 and no further");
});

Deno.test("stream() of the demo ends when the caller aborts", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  let heard = 0;
  const request = ask("count to 200", { signal: controller.signal });
  const thrown = await assertRejects(async () => {
    for await (const _ of new DemoModel().stream(request)) {
      if (++heard === 3) controller.abort(reason);
    }
  });
  assertEquals([thrown, heard], [reason, 3]);
});

Deno.test("stream() of the demo keeps to maxTokens and counts its tokens", async () => {
  const events = await Array.fromAsync(new DemoModel().stream(ask("hi", { maxTokens: 3 })));
  assertEquals(textOf(events), "Offline demo");
  assertEquals(events.at(-1), {
    type: "end",
    stopReason: "length",
    usage: { input: 3, output: 3, cacheRead: 0, cacheWrite: 0 },
  });
});

Deno.test("stream() of the demo sums up by repeating what was said last", async () => {
  const lines = Array.from({ length: 12 }, (_, index) => `[User]: thing ${index + 1}\nmore`);
  const request = `Summarise.\n<conversation>\n${
    lines.join("\n\n")
  }\n\n[Assistant]: say "count to 9"\n</conversation>`;
  const text = textOf(await Array.fromAsync(new DemoModel().stream(ask(request))));
  assertStringIncludes(text, "Messages of the user before this: 12; the last");
  assertEquals(text.split("\n").slice(1).map((line) => line.trim()), [
    ...Array.from({ length: 10 }, (_, index) => `- thing ${index + 3}`),
  ]);
});
