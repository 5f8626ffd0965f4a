import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { ask, failureOf } from "./_fake_provider.ts";
import { ModelCatalog } from "./catalog.ts";
import { DEMO_INFO } from "./demo/demo.ts";
import { ModelError } from "./types.ts";

const LOCAL = {
  providers: {
    box: {
      baseUrl: "http://127.0.0.1:8080/v1",
      models: [{ id: "alpha", name: "Alpha", input: ["text", "image"] }, { id: "beta", name: "B" }],
    },
    crate: { baseUrl: "http://127.0.0.1:8081/v1", models: [{ id: "alpha", name: "Alpha" }] },
  },
};

function catalog(config = {}, env: Record<string, string> = {}): ModelCatalog {
  return new ModelCatalog(config, envOf(env));
}

function refused(code: string, run: () => unknown): ModelError {
  const error = assertThrows(run, ModelError);
  assertEquals(error.code, code);
  return error;
}

Deno.test("defaultModel() is the labelled demo when nothing is configured", () => {
  assertEquals(catalog().defaultModel(), DEMO_INFO);
  assertEquals(DEMO_INFO.name, "Offline demo (no provider configured)");
  assertEquals(catalog().list().map((entry) => entry.provider), ["demo"]);
});

Deno.test("defaultModel() follows a key in the environment that can be used", () => {
  assertEquals(catalog({}, { OPENAI_API_KEY: "k" }).defaultModel().model, "gpt-5.5");
  assertEquals(catalog({}, { OPENROUTER_API_KEY: "k" }).defaultModel().model, "openrouter/auto");
  assertEquals(catalog({}, { ANTHROPIC_API_KEY: "k" }).defaultModel(), DEMO_INFO);
  assertEquals(catalog({}, { OPENAI_API_KEY: " " }).defaultModel(), DEMO_INFO);
});

Deno.test("defaultModel() prefers the first configured model", () => {
  const { provider, model } = catalog(LOCAL, { OPENAI_API_KEY: "k" })
    .defaultModel();
  assertEquals([provider, model], ["box", "alpha"]);
});

Deno.test("list() shows what can be called, what is configured, or everything", () => {
  const models = catalog(LOCAL, { OPENAI_API_KEY: "k" });
  const names = (view: "default" | "configured" | "all") =>
    models.list({ view }).map((entry) => `${entry.provider}/${entry.model}`);
  assertEquals(names("configured"), ["box/alpha", "box/beta", "crate/alpha"]);
  assertEquals(names("default").includes("openai/gpt-5.5"), true);
  assertEquals(names("default").includes("anthropic/claude-opus-4-6"), false);
  assertEquals(names("default").includes("demo/echo"), false);
  assertEquals(names("all").includes("anthropic/claude-opus-4-6"), true);
  assertEquals(names("all").includes("demo/echo"), true);
});

Deno.test("list() keeps to the allowlist and adds what only it names", () => {
  const models = catalog(LOCAL, { OPENROUTER_API_KEY: "k" });
  const listed = models.list({ allowlist: ["box/*", "openrouter/some/model"] });
  assertEquals(listed.map((entry) => `${entry.provider}/${entry.model}`), [
    "box/alpha",
    "box/beta",
    "openrouter/some/model",
  ]);
});

Deno.test("list() of mode replace leaves the known providers out", () => {
  const providers = catalog({ ...LOCAL, mode: "replace" }, { OPENAI_API_KEY: "k" })
    .list({ view: "all" }).map((entry) => entry.provider);
  assertEquals(new Set(providers), new Set(["box", "crate", "demo"]));
});

Deno.test("resolve() takes references, aliases and ids only one provider has", () => {
  const models = catalog(LOCAL, { OPENAI_API_KEY: "k" });
  const aliases = { fast: "box/beta", gpt: "crate/alpha" };
  const resolve = (text: string) => {
    const { provider, model } = models.resolve(text, { aliases });
    return `${provider}/${model}`;
  };
  assertEquals(resolve("box/alpha"), "box/alpha");
  assertEquals(resolve(" BOX/Alpha "), "box/alpha");
  assertEquals(resolve("beta"), "box/beta");
  assertEquals(resolve("Fast"), "box/beta");
  assertEquals(resolve("gpt"), "crate/alpha");
  assertEquals(resolve("gpt-mini"), "openai/gpt-5.4-mini");
  assertEquals(resolve("openai/some-newer-model"), "openai/some-newer-model");
  assertEquals(resolve("openrouter/a/b"), "openrouter/a/b");
});

Deno.test("resolve() names the nearest model when there is none of the name", () => {
  const models = catalog(LOCAL);
  const error = refused("MODEL_NOT_FOUND", () => models.resolve("box/alpah"));
  assertStringIncludes(error.message, 'provider "box" offers no such model');
  assertStringIncludes(error.message, 'the nearest name is "box/alpha"');
  assertEquals(error.hint, "openclaw models list");
  const unknown = refused("MODEL_NOT_FOUND", () => models.resolve("nowhere/x"));
  assertStringIncludes(unknown.message, 'provider "nowhere" is not configured');
  refused("MODEL_NOT_FOUND", () => models.resolve("  "));
});

Deno.test("resolve() refuses an id that two providers have", () => {
  const error = refused("MODEL_AMBIGUOUS", () => catalog(LOCAL).resolve("alpha"));
  assertStringIncludes(error.message, '"box/alpha" and "crate/alpha" both match');
});

Deno.test("resolve() keeps to the allowlist", () => {
  const models = catalog(LOCAL);
  assertEquals(models.resolve("box/beta", { allowlist: ["box/*"] }).model, "beta");
  assertEquals(models.resolve("box/beta", { allowlist: [] }).model, "beta");
  const allowlist = ["box/alpha"];
  const error = refused("MODEL_NOT_ALLOWED", () => models.resolve("box/beta", { allowlist }));
  assertStringIncludes(error.message, '"box/beta"');
});

Deno.test("create() refuses a wire format that is not spoken, naming it", () => {
  const models = catalog({}, { ANTHROPIC_API_KEY: "k" });
  const error = refused("PROVIDER_API_UNSUPPORTED", () => models.create(models.resolve("opus")));
  assertStringIncludes(error.message, '"anthropic-messages"');
});

Deno.test("create() serves the ollama format through its compatible address", () => {
  const providers = { ollama: { baseUrl: "http://127.0.0.1:11434/", api: "ollama" } };
  const models = catalog({ providers });
  assertEquals(models.create(models.resolve("ollama/qwen3")).info.api, "openai-completions");
});

Deno.test("stream() without a key fails with the command that sets one", async () => {
  const models = catalog();
  const model = models.create(models.resolve("openai/gpt-5.5"));
  const error = await failureOf(Array.fromAsync(model.stream(ask())));
  assertEquals([error.code, error.kind], ["PROVIDER_AUTH_FAILED", "auth"]);
  assertEquals(error.hint, "openclaw config set models.providers.openai.apiKey <key>");
});

Deno.test("stream() fails where a key is a variable that is not set, or no address is", async () => {
  const providers = {
    box: { baseUrl: "http://127.0.0.1:9/v1", apiKey: "${BOX_KEY}", models: [{ id: "m" }] },
    lost: { apiKey: "k", models: [{ id: "m" }] },
  };
  const models = catalog({ providers });
  const call = (provider: string) =>
    failureOf(Array.fromAsync(models.create({ provider, model: "m" }).stream(ask())));
  assertStringIncludes((await call("box")).message, 'environment variable "BOX_KEY" is not set');
  assertStringIncludes((await call("lost")).message, "models.providers.lost.baseUrl is not set");
});

Deno.test("a key of the environment goes to the provider's own address first", async () => {
  const keyFor = async (baseUrl: string) => {
    let used: string | undefined;
    const connector = {
      post(call: { apiKey: string | undefined }) {
        used = call.apiKey;
        return Promise.reject(new Error("refused"));
      },
    };
    const models = new ModelCatalog(
      { providers: { openai: { baseUrl, apiKey: "from-config" } } },
      envOf({ OPENAI_API_KEY: "from-env" }),
      { connector, retryDelaysMs: [] },
    );
    await failureOf(Array.fromAsync(models.create(models.resolve("openai/x")).stream(ask())));
    return used;
  };
  assertEquals(await keyFor("https://api.openai.com/v1"), "from-env");
  assertEquals(await keyFor("http://127.0.0.1:9/v1"), "from-config");
});
