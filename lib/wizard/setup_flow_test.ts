import { assertEquals } from "@std/assert";
import { envOf, type JsonObject } from "../base/mod.ts";
import { KNOWN_PROVIDERS } from "../models/mod.ts";
import type { Prompter } from "./prompter.ts";
import { applySetup } from "./settings.ts";
import { askSetup, type SetupChoices } from "./setup_flow.ts";

const RUN = { at: "2026-11-22T08:00:00.000Z", version: "1", command: "test" };

/** Answers by the beginning of a question; what is not listed takes the proposal. */
function prompter(answers: Record<string, unknown>): Prompter {
  const find = (message: string) =>
    Object.entries(answers).find(([start]) => message.startsWith(start))?.[1];
  return {
    note: () => Promise.resolve(),
    confirm: (message, initial) => Promise.resolve((find(message) ?? initial) as boolean),
    select: (message, options, initial) => {
      const value = find(message) ?? initial ?? options[0]!.value;
      if (!options.some((option) => option.value === value)) throw new Error(`no such ${value}`);
      return Promise.resolve(value as never);
    },
    text: ({ message, initialValue, validate }) => {
      const value = String(find(message) ?? initialValue ?? "");
      const problem = validate?.(value);
      return problem === undefined ? Promise.resolve(value) : Promise.reject(new Error(problem));
    },
  };
}

function ask(
  answers: Record<string, unknown>,
  parsed: JsonObject = {},
  env: Record<string, string> = {},
): Promise<SetupChoices | undefined> {
  return askSetup(prompter(answers), {
    parsed,
    env: envOf(env),
    providers: KNOWN_PROVIDERS,
    workspace: "/ws",
  });
}

Deno.test("askSetup() with a typed key chooses provider and model, and makes a token", async () => {
  const choices = await ask({ "Model provider": "openai", "OpenAI API key": " sk-1 " });
  assertEquals(choices?.provider, { id: "openai", apiKey: "sk-1", model: "gpt-5.5" });
  assertEquals([choices?.access.bind, choices?.access.secret?.length], ["loopback", 48]);
  const wanted = applySetup({ keep: 1 }, choices!, RUN);
  assertEquals(wanted.keep, 1);
  assertEquals(wanted.models, { providers: { openai: { apiKey: "sk-1" } } });
  assertEquals(wanted.agents, { defaults: { workspace: "/ws", model: "openai/gpt-5.5" } });
});

Deno.test("askSetup() points to a key of the environment instead of copying it", async () => {
  const choices = await ask({}, {}, { GROQ_API_KEY: "k" });
  assertEquals(choices?.provider?.id, "groq");
  assertEquals(choices?.provider?.apiKey, { source: "env", id: "GROQ_API_KEY" });
});

Deno.test("askSetup() keeps what is configured when asked to", async () => {
  const parsed = {
    gateway: { bind: "lan", auth: { mode: "password", password: "correct horse" } },
    models: { providers: { openai: { apiKey: "k" } } },
    agents: {
      defaults: { model: { primary: "openai/gpt-5.4", fallbacks: ["a/b"] }, models: { "a/b": {} } },
    },
  };
  const choices = await ask({ "OpenAI API key": "" }, parsed);
  assertEquals(choices, {
    provider: { id: "openai", model: "gpt-5.4" },
    workspace: "/ws",
    access: { bind: "lan", mode: "password" },
  });
  const wanted = applySetup(parsed, choices!, RUN) as typeof parsed;
  assertEquals(wanted.gateway.auth.password, "correct horse");
  assertEquals(wanted.agents.defaults.model.fallbacks, ["a/b"]);
  assertEquals(Object.keys(wanted.agents.defaults.models), ["a/b", "openai/gpt-5.4"]);
  const skipped = await ask({ "Model provider": "skip" }, parsed);
  assertEquals(skipped?.provider, undefined);
});

Deno.test("askSetup() takes a server of one's own, and local ones without a key", async () => {
  const other = await ask({
    "Model provider": "other",
    "Base URL": "http://127.0.0.1:8080/v1",
    "Model id": "m",
  });
  assertEquals(other?.provider, {
    id: "custom",
    baseUrl: "http://127.0.0.1:8080/v1",
    model: "m",
  });
  const wanted = applySetup({}, other!, RUN) as { models: { providers: JsonObject } };
  assertEquals(wanted.models.providers.custom, {
    baseUrl: "http://127.0.0.1:8080/v1",
    api: "openai-completions",
    models: [],
  });
  const local = await ask({ "Model provider": "ollama", "Model id": "llama3" });
  assertEquals(local?.provider, { id: "ollama", model: "llama3" });
});

Deno.test("askSetup() refuses what cannot work, and writes nothing unwanted", async () => {
  const problem = (answers: Record<string, unknown>) =>
    ask({ "Model provider": "skip", ...answers }).then(() => "", (error) => error.message);
  assertEquals(
    await problem({ Workspace: "here" }),
    'The folder must be absolute or begin with "~"',
  );
  assertEquals(
    await problem({ "How clients": "password", Password: "short" }),
    "A password has at least 8 characters",
  );
  assertEquals(await problem({ "Model provider": "openai" }), "A key is needed");
  assertEquals(
    await problem({ "Model provider": "other", "Base URL": "ftp://x" }),
    "The address must begin with http:// or https://",
  );
  assertEquals(await ask({ "Model provider": "skip", "Write these": false }), undefined);
});
