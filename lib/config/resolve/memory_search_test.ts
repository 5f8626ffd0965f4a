import { assertEquals } from "@std/assert";
import type { OpenClawConfig } from "../types.ts";
import { resolveMemorySearch } from "./memory_search.ts";

function resolve(defaults: unknown, own?: unknown) {
  const config = {
    agents: {
      defaults: { memorySearch: defaults },
      list: [{ id: "Main", ...(own === undefined ? {} : { memorySearch: own }) }],
    },
  };
  return resolveMemorySearch(config as OpenClawConfig, "main");
}

Deno.test("resolveMemorySearch() leaves the provider open unless one is named", () => {
  assertEquals(resolveMemorySearch({}, "main"), {});
  assertEquals(resolve({ provider: "Auto", model: " " }), {});
  assertEquals(resolve({ provider: "ollama", model: "m" }), { provider: "ollama", model: "m" });
});

Deno.test("resolveMemorySearch() puts an agent's own over the common one", () => {
  const common = { provider: "openai", model: "m", remote: { baseUrl: "http://a", apiKey: "k" } };
  assertEquals(resolve(common, { remote: { baseUrl: "http://b" } }), {
    provider: "openai",
    model: "m",
    remote: { baseUrl: "http://b", apiKey: "k" },
  });
});

Deno.test("resolveMemorySearch() keeps the common key from another provider", () => {
  const common = { provider: "openai", model: "m", remote: { apiKey: "k" } };
  assertEquals(resolve(common, { provider: "voyage" }), { provider: "voyage" });
});
