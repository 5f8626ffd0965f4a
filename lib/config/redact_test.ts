import { assert, assertEquals } from "@std/assert";
import { collectSecrets, redactConfig, REDACTED_VALUE, redactedPaths } from "./redact.ts";
import { parsePath } from "./path_syntax.ts";
import { listFields } from "./schema/mod.ts";

const CONFIG = {
  gateway: { auth: { mode: "token", token: "tok-12345" }, port: 1 },
  models: {
    providers: {
      p: { apiKey: "sk-abcdef", headers: { Authorization: "Bearer zzz", "X-Title": "claw" } },
      q: { apiKey: { source: "env", id: "KEY" } },
      r: { apiKey: "${R_KEY}" },
    },
  },
  channels: { telegram: { botToken: "1:abc", name: "b" }, slack: { tokens: ["t-1", "t-2"] } },
  env: { vars: { OPENAI_API_KEY: "k-1", NODE_ENV: "production" } },
  browser: { cdpUrl: "http://u:pass@h:1" },
  agents: { defaults: { contextTokens: 5, bootstrapMaxChars: 3 } },
};

Deno.test("redactConfig() hides secrets and nothing else", () => {
  assertEquals(redactConfig(CONFIG), {
    gateway: { auth: { mode: "token", token: REDACTED_VALUE }, port: 1 },
    models: {
      providers: {
        p: {
          apiKey: REDACTED_VALUE,
          headers: { Authorization: REDACTED_VALUE, "X-Title": "claw" },
        },
        q: { apiKey: { source: "env", id: "KEY" } },
        r: { apiKey: "${R_KEY}" },
      },
    },
    channels: {
      telegram: { botToken: REDACTED_VALUE, name: "b" },
      slack: { tokens: [REDACTED_VALUE, REDACTED_VALUE] },
    },
    env: { vars: { OPENAI_API_KEY: REDACTED_VALUE, NODE_ENV: "production" } },
    browser: { cdpUrl: REDACTED_VALUE },
    agents: { defaults: { contextTokens: 5, bootstrapMaxChars: 3 } },
  });
  assertEquals(redactedPaths(redactConfig(CONFIG)).length, 8);
});

Deno.test("redactConfig() hides credentials within addresses and arguments", () => {
  const config = {
    cron: { webhook: "https://h/x?a=1&token=planted-1" },
    models: { providers: { p: { baseUrl: "https://h/v1?key=planted-2" } } },
    secrets: { providers: { v: { args: ["--token=planted-3", "--api-key", "planted-4", "-v"] } } },
    other: { nested: { secretKey: "planted-5", url: "https://h/?sessionKey=main&key=${KEY}" } },
  };
  assertEquals(redactConfig(config), {
    cron: { webhook: REDACTED_VALUE },
    models: { providers: { p: { baseUrl: REDACTED_VALUE } } },
    secrets: { providers: { v: { args: [REDACTED_VALUE, "--api-key", REDACTED_VALUE, "-v"] } } },
    other: { nested: { secretKey: REDACTED_VALUE, url: config.other.nested.url } },
  });
  assertEquals(collectSecrets(config).sort(), [
    "--token=planted-3",
    "https://h/v1?key=planted-2",
    "https://h/x?a=1&token=planted-1",
    "planted-1",
    "planted-2",
    "planted-3",
    "planted-4",
    "planted-5",
  ]);
});

Deno.test("collectSecrets() finds every credential of an address", () => {
  const url = "https://h/x?token=planted-1&a=1&sig=planted-2";
  assertEquals(collectSecrets({ cron: { webhook: url } }).sort(), [url, "planted-1", "planted-2"]);
});

Deno.test("collectSecrets() lists every secret once", () => {
  assertEquals(collectSecrets(CONFIG).sort(), [
    "1:abc",
    "Bearer zzz",
    "http://u:pass@h:1",
    "k-1",
    "sk-abcdef",
    "t-1",
    "t-2",
    "tok-12345",
  ]);
});

Deno.test("redactConfig() hides every field that the schema marks as secret", () => {
  const secrets = listFields().filter((field) => field.secret);
  assert(secrets.length >= 8);
  for (const { path } of secrets) {
    const parts = parsePath(path.replaceAll("[]", "").replaceAll("*", "any"));
    const config = parts.reduceRight<unknown>((value, key) => ({ [key]: value }), "hidden-1");
    assertEquals(collectSecrets(config as Record<string, unknown>), ["hidden-1"], path);
  }
});

Deno.test("redactConfig() hides headers that look like secrets, and known secrets anywhere", () => {
  const config = {
    env: { vars: { ANYTHING: "known-value-1" } },
    models: {
      providers: { p: { headers: { "X-Custom": "abcdef-012345", "X-Type": "text/plain" } } },
    },
    logging: { file: "/tmp/known" },
  };
  assertEquals(redactConfig(config, ["known-value-1", "known"]), {
    env: { vars: { ANYTHING: REDACTED_VALUE } },
    models: {
      providers: { p: { headers: { "X-Custom": REDACTED_VALUE, "X-Type": "text/plain" } } },
    },
    logging: { file: "/tmp/known" },
  });
  assertEquals(collectSecrets(config), ["abcdef-012345"]);
});
