import { assertEquals, assertThrows } from "@std/assert";
import { AppError, envOf } from "../../base/mod.ts";
import type { ModelsConfig } from "../config.ts";
import { buildProviders } from "../providers.ts";
import { chooseBackend } from "./choose.ts";
import { endpointOf } from "./endpoint.ts";
import type { EmbeddingChoice } from "./types.ts";

const LOCAL: ModelsConfig = {
  providers: { lan: { baseUrl: "http://10.0.0.5:8000/v1", apiKey: "lan-key-12345" } },
};

interface World {
  models?: ModelsConfig;
  env?: Record<string, string>;
}

function choose(choice: Partial<EmbeddingChoice>, { models = {}, env = {} }: World = {}): string {
  const backend = chooseBackend(
    { usual: () => "demo", ...choice },
    buildProviders(models, envOf(env)),
  );
  return `${backend.provider}/${backend.model ?? ""}`;
}

function refusal(choice: Partial<EmbeddingChoice>, world?: World): string {
  const error = assertThrows(() => choose(choice, world), AppError);
  assertEquals(error.code, "INVALID_REQUEST");
  return error.message;
}

function reach(
  ref: { provider: string; model: string },
  remote: EmbeddingChoice["remote"],
  { models = {}, env = {} }: World = {},
) {
  const provider = buildProviders(models, envOf(env)).get(ref.provider);
  const { url, apiKey, headers, form } = endpointOf(ref, { provider, remote, env: envOf(env) });
  return { url, apiKey, headers, form };
}

Deno.test("chooseBackend() takes the demo while nothing is configured", () => {
  assertEquals(choose({}), "demo/");
});

Deno.test("chooseBackend() takes the provider of the agent's model when it can", () => {
  const env = { OPENAI_API_KEY: "k".repeat(20), MISTRAL_API_KEY: "m".repeat(20) };
  assertEquals(choose({ usual: () => "mistral" }, { env }), "mistral/mistral-embed");
  assertEquals(choose({ usual: () => "openai" }, { env }), "openai/text-embedding-3-small");
  assertEquals(choose({ usual: () => "lan" }, { models: LOCAL }), "lan/text-embedding-3-small");
});

Deno.test("chooseBackend() takes the model of a provider that reads like one", () => {
  const models = {
    providers: {
      lan: { baseUrl: "http://10.0.0.5/v1", models: [{ id: "chat-1" }, { id: "my-embedder" }] },
    },
  };
  assertEquals(choose({ usual: () => "lan" }, { models }), "lan/my-embedder");
});

Deno.test("chooseBackend() looks for another one with a key when that provider cannot", () => {
  const env = { ANTHROPIC_API_KEY: "a".repeat(20), GEMINI_API_KEY: "g".repeat(20) };
  assertEquals(choose({ usual: () => "anthropic" }, { env }), "google/gemini-embedding-001");
  assertEquals(
    refusal({ usual: () => "anthropic" }, { env: { ANTHROPIC_API_KEY: "a".repeat(20) } }),
    'Cannot make embeddings: provider "anthropic" makes none, and no other one has a key',
  );
});

Deno.test("chooseBackend() takes what is configured, by every name", () => {
  assertEquals(
    choose({ provider: "Gemini", usual: () => "openai" }),
    "google/gemini-embedding-001",
  );
  assertEquals(choose({ provider: "voyage", model: "v-1" }), "voyage/v-1");
  assertEquals(choose({ provider: "ollama" }), "ollama/nomic-embed-text");
  assertEquals(choose({ remote: { baseUrl: "http://x/v1" } }), "openai/text-embedding-3-small");
});

Deno.test("chooseBackend() lets a caller name a model, and a provider only where none is set", () => {
  const other = "This agent does not allow that embedding provider on `/v1/embeddings`.";
  const unsupported = "Unsupported embedding model reference.";
  assertEquals(choose({ provider: "openai", asked: "big" }), "openai/big");
  assertEquals(choose({ provider: "openai", model: "m", asked: "openai/big" }), "openai/big");
  assertEquals(choose({ provider: "gemini", asked: "google/e" }), "google/e");
  assertEquals(refusal({ provider: "openai", asked: "voyage/v" }), other);
  assertEquals(choose({ asked: "voyage/v" }), "voyage/v");
  assertEquals(choose({ asked: "lan/a/b" }, { models: LOCAL }), "lan/a/b");
  for (const asked of ["/a", "a/", "a//b", "a b", "nobody/x"]) {
    assertEquals(refusal({ asked }), unsupported, asked);
  }
});

Deno.test("chooseBackend() keeps the configured endpoint from another provider", () => {
  const remote = { baseUrl: "http://x/v1", apiKey: "remote-key-1" };
  const providers = buildProviders({}, envOf({}));
  const own = chooseBackend({ usual: () => "demo", remote, asked: "m" }, providers);
  assertEquals(own.remote, remote);
  const other = chooseBackend(
    { usual: () => "demo", remote, model: "own", asked: "voyage/v" },
    providers,
  );
  assertEquals(other, { provider: "voyage", model: "v" });
});

Deno.test("endpointOf() reaches providers at home with their key", () => {
  const env = { OPENAI_API_KEY: "o".repeat(20), GEMINI_API_KEY: "g".repeat(20) };
  assertEquals(reach({ provider: "openai", model: "m" }, undefined, { env }), {
    url: "https://api.openai.com/v1/embeddings",
    apiKey: "o".repeat(20),
    headers: {},
    form: "openai",
  });
  const google = reach({ provider: "google", model: "m" }, undefined, { env });
  assertEquals(
    google.url,
    "https://generativelanguage.googleapis.com/v1beta/openai/embeddings",
  );
  const voyage = reach({ provider: "voyage", model: "m" }, undefined, {
    env: { VOYAGE_API_KEY: "v".repeat(20) },
  });
  assertEquals([voyage.url, voyage.apiKey], [
    "https://api.voyageai.com/v1/embeddings",
    "v".repeat(20),
  ]);
});

Deno.test("endpointOf() reaches Ollama by its own API, without a key", () => {
  const ref = { provider: "ollama", model: "m" };
  for (const baseUrl of ["http://127.0.0.1:1234/v1", "http://127.0.0.1:1234/"]) {
    const models = { providers: { ollama: { baseUrl } } };
    const { url, apiKey, form } = reach(ref, undefined, { models });
    assertEquals([url, apiKey, form], ["http://127.0.0.1:1234/api/embed", undefined, "ollama"]);
  }
  assertEquals(reach(ref, undefined).url, "http://127.0.0.1:11434/api/embed");
});

Deno.test("endpointOf() never hands a provider's key or headers to another host", () => {
  const models = {
    providers: {
      openai: {
        baseUrl: "https://api.openai.com/v1",
        apiKey: "config-key-1",
        headers: { "x-team": "secret" },
      },
    },
  };
  const ref = { provider: "openai", model: "m" };
  const there = reach(ref, { baseUrl: "https://other.example/v1/" }, { models });
  assertEquals(there, {
    url: "https://other.example/v1/embeddings",
    apiKey: undefined,
    headers: {},
    form: "openai",
  });
  const own = { baseUrl: "https://other.example/v1", apiKey: "${OTHER}", headers: { "x-a": "b" } };
  const withOwn = reach(ref, own, { models, env: { OTHER: "other-key-1" } });
  assertEquals([withOwn.apiKey, withOwn.headers], ["other-key-1", { "x-a": "b" }]);
  const home = reach(ref, undefined, { models });
  assertEquals([home.apiKey, home.headers], ["config-key-1", { "x-team": "secret" }]);
});

Deno.test("endpointOf() says what is missing", () => {
  const failure = (provider: string, remote?: EmbeddingChoice["remote"], world?: World) => {
    const error = assertThrows(() => reach({ provider, model: "m" }, remote, world), AppError);
    return [error.code, error.message];
  };
  assertEquals(failure("openai"), [
    "PROVIDER_AUTH_FAILED",
    'Cannot call model "openai/m" at "api.openai.com": no API key is set',
  ]);
  assertEquals(failure("openai", { baseUrl: "http://x/v1", apiKey: "${NOT_SET}" }), [
    "PROVIDER_AUTH_FAILED",
    'Cannot call model "openai/m" at "x": environment variable "NOT_SET" is not set',
  ]);
  for (const provider of ["anthropic", "local"]) {
    assertEquals(failure(provider), [
      "INVALID_REQUEST",
      `Provider "${provider}" makes no embeddings in a form that is understood`,
    ]);
  }
});
