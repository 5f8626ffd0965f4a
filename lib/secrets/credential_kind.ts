/**
 * Recognises a credential in the field of another one by its form, since a provider would only say
 * that it is wrong.
 *
 * @module
 */
import { isObject } from "../base/mod.ts";
import type { OpenClawConfig } from "../config/mod.ts";
import type { SecretWarning } from "./surface.ts";

const FORMS: readonly (readonly [kind: string, form: RegExp])[] = [
  ["an Anthropic API key", /^sk-ant-/],
  ["an OpenRouter API key", /^sk-or-/],
  ["an OpenAI API key", /^sk-/],
  ["a Google API key", /^AIza[\w-]{30,}$/],
  ["a Slack bot token", /^xoxb-/],
  ["a Slack user token", /^xoxp-/],
  ["a Slack app token", /^xapp-/],
  ["a GitHub token", /^(?:gh[pousr]_|github_pat_)/],
  ["a Telegram bot token", /^\d{6,12}:[\w-]{30,}$/],
  ["a private key", /^-----BEGIN/],
  // Base64url of `{"url`, the beginning of every code.
  ["a setup code for devices", /^eyJ1cm[\w-]+={0,2}$/],
];

/** What each field takes, where only one form is right. */
const CHANNEL_FORMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  telegram: { botToken: "a Telegram bot token" },
  slack: {
    botToken: "a Slack bot token",
    appToken: "a Slack app token",
    userToken: "a Slack user token",
  },
};

/** What the keys of a provider look like at its own address; others may look like anything. */
const PROVIDER_FORMS: Readonly<Record<string, string>> = {
  openai: "an OpenAI API key",
  anthropic: "an Anthropic API key",
  openrouter: "an OpenRouter API key",
  google: "a Google API key",
};

/** The kind of credential that a text has the form of. */
export function credentialKind(text: string): string | undefined {
  return FORMS.find(([, form]) => form.test(text.trim()))?.[0];
}

/** The credentials of a configuration that are in the wrong field; says what they are, not their text. */
export function wrongKinds({ gateway, models, channels }: OpenClawConfig): SecretWarning[] {
  const found: SecretWarning[] = [];
  const check = (path: string, value: unknown, wanted: string | undefined) => {
    const kind = typeof value === "string" ? credentialKind(value) : undefined;
    if (kind === undefined || kind === wanted) return;
    const instead = wanted === undefined ? "" : `; it should be ${wanted}`;
    found.push({ code: "SECRETS_WRONG_KIND", path, message: `this is ${kind}${instead}` });
  };
  check("gateway.auth.token", gateway?.auth?.token, undefined);
  check("gateway.auth.password", gateway?.auth?.password, undefined);
  for (const [id, provider] of Object.entries(models?.providers ?? {})) {
    const wanted = provider.baseUrl ? undefined : PROVIDER_FORMS[id];
    if (wanted !== undefined) check(`models.providers.${id}.apiKey`, provider.apiKey, wanted);
  }
  const configured: Readonly<Record<string, unknown>> = channels ?? {};
  for (const [id, fields] of Object.entries(CHANNEL_FORMS)) {
    const channel = configured[id];
    if (!isObject(channel)) continue;
    const accounts = isObject(channel.accounts) ? Object.entries(channel.accounts) : [];
    for (const [field, wanted] of Object.entries(fields)) {
      check(`channels.${id}.${field}`, channel[field], wanted);
      for (const [name, account] of accounts) {
        const value = isObject(account) ? account[field] : undefined;
        check(`channels.${id}.accounts.${name}.${field}`, value, wanted);
      }
    }
  }
  return found;
}
