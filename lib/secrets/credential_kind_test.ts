import { assertEquals } from "@std/assert";
import type { OpenClawConfig } from "../config/mod.ts";
import { wrongKinds } from "./credential_kind.ts";

Deno.test("wrongKinds() says what is in the wrong field, and never its text", () => {
  const bot = "xoxb-0123456789";
  const config = {
    gateway: { auth: { token: "sk-0123456789abcdef" } },
    models: {
      providers: {
        openai: { apiKey: "sk-ant-0123456789" },
        anthropic: { apiKey: "sk-ant-0123456789" },
        own: { baseUrl: "http://127.0.0.1/v1", apiKey: "sk-ant-0123456789" },
      },
    },
    channels: {
      telegram: { botToken: bot, accounts: { b: { botToken: `12345678:${"a".repeat(35)}` } } },
      slack: { botToken: bot, appToken: bot },
    },
  } as unknown as OpenClawConfig;
  const found = wrongKinds(config);
  assertEquals(found.map(({ path, message }) => `${path}: ${message}`), [
    "gateway.auth.token: this is an OpenAI API key",
    "models.providers.openai.apiKey: this is an Anthropic API key; it should be an OpenAI API key",
    "channels.telegram.botToken: this is a Slack bot token; it should be a Telegram bot token",
    "channels.slack.appToken: this is a Slack bot token; it should be a Slack app token",
  ]);
  assertEquals(wrongKinds({}), []);
});
