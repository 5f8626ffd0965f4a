import { assertEquals } from "@std/assert";
import { formatModelRef, parseModelRef } from "./ref.ts";

Deno.test("parseModelRef() splits at the first slash and formatModelRef() joins", () => {
  const ref = { provider: "openrouter", model: "meta/llama" };
  assertEquals(parseModelRef(" OpenRouter/meta/llama "), ref);
  assertEquals(formatModelRef(ref), "openrouter/meta/llama");
});

Deno.test("parseModelRef() answers undefined where a half is missing", () => {
  for (const text of ["", "gpt", "/gpt", "openai/", "/"]) {
    assertEquals(parseModelRef(text), undefined);
  }
});
