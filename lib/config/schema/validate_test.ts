import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../base/mod.ts";
import { listFields } from "./tree.ts";
import { validateConfig } from "./validate.ts";

function errorsOf(config: JsonObject): string[] {
  return validateConfig(config).issues.map(({ path, message }) => `${path}: ${message}`);
}

function warningsOf(config: JsonObject): string[] {
  return validateConfig(config).warnings.map(({ path, message }) => `${path}: ${message}`);
}

Deno.test("validateConfig() accepts a configuration as the documentation shows it", () => {
  const config = {
    $schema: "https://example.org/schema.json",
    meta: { lastTouchedVersion: "2026.5.12", lastTouchedAt: "2026-05-12T00:00:00Z" },
    env: { vars: { A: "1" }, OTHER: "2", shellEnv: { enabled: false, timeoutMs: 15000 } },
    gateway: {
      mode: "local",
      port: 18789,
      bind: "loopback",
      auth: { mode: "token", token: { source: "env", provider: "default", id: "TOKEN" } },
      http: {
        endpoints: { chatCompletions: { enabled: true, images: { allowUrl: false } } },
        securityHeaders: { strictTransportSecurity: false },
      },
      reload: { mode: "hybrid", debounceMs: 300 },
    },
    agents: {
      defaults: {
        model: { primary: "openai/gpt-5.5", fallbacks: ["a/b"] },
        models: { "openai/gpt-5.5": { alias: "gpt" } },
        heartbeat: { every: "30m" },
      },
      list: [{ id: "main", default: true, model: "a/b", identity: { name: "Claw", emoji: "🦞" } }],
    },
    models: {
      mode: "merge",
      providers: {
        local: {
          baseUrl: "http://127.0.0.1:1/v1",
          apiKey: "x",
          api: "openai-completions",
          headers: { "X-Org": "a" },
          models: [{ id: "m", name: "M", input: ["text"], cost: { input: 0.5 } }],
        },
      },
    },
    bindings: [{ agentId: "main", match: { channel: "telegram", peer: { kind: "dm", id: "1" } } }],
    session: {
      dmScope: "per-peer",
      reset: { mode: "daily", atHour: 4 },
      maintenance: { pruneAfter: "30d" },
    },
    messages: { queue: { mode: "steer", byChannel: { irc: "collect" } } },
    commands: { native: "auto", ownerAllowFrom: ["irc:a"], allowFrom: { irc: ["a", 1] } },
    cron: { sessionRetention: false, retry: { backoffMs: [30000] } },
    hooks: { enabled: true, token: "t", mappings: [{ id: "x" }] },
    channels: { telegram: { enabled: true } },
    plugins: {},
  };
  assertEquals(validateConfig(config), { issues: [], warnings: [] });
});

Deno.test("validateConfig() words wrong types with path and expectation", () => {
  const rows: [JsonObject, string][] = [
    [{ gateway: 3 }, "gateway: Invalid input: expected object, received number"],
    [{ gateway: null }, "gateway: Invalid input: expected object, received null"],
    [{ gateway: { port: "1" } }, "gateway.port: Invalid input: expected number, received string"],
    [
      { gateway: { port: 1.5 } },
      "gateway.port: Invalid input: expected whole number, received 1.5",
    ],
    [{ gateway: { port: 0 } }, "gateway.port: Too small: expected 1 or more"],
    [{ gateway: { port: 70000 } }, "gateway.port: Too big: expected 65535 or less"],
    [
      { session: { dmScope: "x" } },
      'session.dmScope: Invalid input (allowed: "main", "per-peer", "per-channel-peer", "per-account-channel-peer")',
    ],
    [
      { gateway: { auth: { token: 5 } } },
      "gateway.auth.token: Invalid input: expected string or object, received number",
    ],
    [
      { gateway: { auth: { token: { source: "env" } } } },
      "gateway.auth.token.id: Invalid input: required",
    ],
    [{ agents: { list: [{}] } }, "agents.list[0].id: Invalid input: required"],
    [{ agents: { list: [{ id: "" }] } }, "agents.list[0].id: Invalid input: must not be empty"],
    [
      { agents: { defaults: { model: { fallbacks: "x" } } } },
      "agents.defaults.model.fallbacks: Invalid input: expected array, received string",
    ],
    [
      { models: { providers: { "a.b": { models: [{}] } } } },
      'models.providers["a.b"].models[0].id: Invalid input: required',
    ],
    [
      { cron: { sessionRetention: true } },
      "cron.sessionRetention: Invalid input: expected string or number or false, received boolean",
    ],
    [{ channels: [] }, "channels: Invalid input: expected object, received array"],
    [{ $schema: 1 }, "$schema: Invalid input: expected string, received number"],
    [{ ui: { seamColor: "red" } }, "ui.seamColor: Invalid input: malformed text"],
  ];
  for (const [config, expected] of rows) assertEquals(errorsOf(config), [expected]);
});

Deno.test("validateConfig() warns of unknown keys and names the nearest known one", () => {
  const rows: [JsonObject, string][] = [
    [{ gateway: { prot: 1 } }, 'gateway.prot: unknown key, did you mean "port"?'],
    [{ gateway: { token: "x" } }, 'gateway.token: unknown key, did you mean "gateway.auth.token"?'],
    [{ constructor: {} }, "constructor: unknown key"],
    [{ gateway: { toString: 1 } }, "gateway.toString: unknown key"],
    [{ gatway: {} }, 'gatway: unknown key, did you mean "gateway"?'],
    [{ agents: { list: [{ id: "a", zzzzzz: 1 }] } }, "agents.list[0].zzzzzz: unknown key"],
    [
      { agents: { defaults: { model: { primry: "x" } } } },
      'agents.defaults.model.primry: unknown key, did you mean "primary"?',
    ],
    [
      { models: { providers: { p: { baseUrl: "x", models: [{ id: "a", nam: "b" }] } } } },
      'models.providers.p.models[0].nam: unknown key, did you mean "name"?',
    ],
  ];
  for (const [config, expected] of rows) {
    assertEquals(warningsOf(config), [expected]);
    assertEquals(errorsOf(config), []);
  }
});

Deno.test("validateConfig() checks rules between fields", () => {
  assertEquals(
    errorsOf({ agents: { list: [{ id: "a", agentDir: "/d" }, { id: "b", agentDir: "/d/" }] } }),
    ['agents.list[1].agentDir: "/d" is already the agentDir of agents.list[0]'],
  );
  assertEquals(errorsOf({ agents: { list: [{ id: "A" }, { id: "a" }] } }), [
    'agents.list[1].id: agent id "a" is already used by agents.list[0]',
  ]);
  assertEquals(errorsOf({ gateway: { tailscale: { mode: "serve" }, bind: "lan" } }), [
    'gateway.bind: must be "loopback" while gateway.tailscale.mode is "serve"',
  ]);
  assertEquals(errorsOf({ gateway: { tailscale: { mode: "funnel" } } }), [
    'gateway.auth.mode: must be "password" while gateway.tailscale.mode is "funnel"',
  ]);
});

Deno.test("listFields() gives every field a description and a class of reload", () => {
  const fields = listFields();
  assert(fields.length > 400, `${fields.length}`);
  for (const { path, description, reload, title } of fields) {
    assert(description.length > 2 && !description.endsWith("."), `${path} has no description`);
    assert(["live", "channel", "restart"].includes(reload), path);
    assert(title.length > 0, path);
  }
  const at = (path: string) => fields.find((field) => field.path === path);
  assertEquals(at("gateway.port")?.reload, "restart");
  assertEquals(at("gateway.remote.url")?.reload, "live");
  assertEquals(at("gateway.auth.token")?.secret, true);
  assertEquals(at("models.providers.*.models[].cost.input")?.title, "Input");
});
