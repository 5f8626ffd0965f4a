/**
 * Fields that are for the provider: no client fails of them, and they arrive where they are taken.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import OpenAI from "openai";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { ScriptedProvider } from "../harness/scripted_provider.ts";
import type { Json } from "./responses_world.ts";

Deno.test("openai client may tell the provider what it likes", async () => {
  await using provider = new ScriptedProvider(() => [{ text: "Hello" }, { finish: "stop" }]);
  const config = structuredClone(provider.config) as Json;
  config.models.providers.scripted.models[0].compat = { supportsPromptCacheKey: true };
  await using gateway = await TestGateway.start({ config });
  const client = new OpenAI({ baseURL: `${gateway.httpUrl}/v1`, apiKey: TOKEN, maxRetries: 0 });
  const fields: Json = {
    model: "openclaw",
    service_tier: "flex",
    store: true,
    metadata: { a: "b" },
    parallel_tool_calls: true,
    prompt_cache_key: "the-key",
    safety_identifier: "hash",
  };
  const chat = await client.chat.completions.create({
    ...fields as { model: string },
    messages: [{ role: "user", content: "hi" }],
    verbosity: "low",
    reasoning_effort: "minimal",
    logprobs: true,
    top_logprobs: 2,
    n: 1,
  });
  assertEquals([chat.choices[0]!.message.content, chat.choices[0]!.logprobs], ["Hello", null]);
  const response = await client.responses.create({
    ...fields as { model: string },
    input: "hi",
    text: { verbosity: "low" },
    top_logprobs: 2,
    include: ["message.output_text.logprobs"],
  });
  assertEquals([response.output_text, response.prompt_cache_key], ["Hello", "the-key"]);
  for (const call of provider.calls as Json[]) {
    assertEquals([call.prompt_cache_key, call.service_tier, call.store, call.metadata], [
      "the-key",
      undefined,
      undefined,
      undefined,
    ]);
  }
});
