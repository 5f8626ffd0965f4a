/**
 * Parameters of the methods about tools, skills, commands, plugins and push messages.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_SKILL_ARCHIVE_BYTES, MAX_SKILL_CHUNK_BYTES } from "../limits.ts";
import { anyObject, anything, count, flag, integer, name, none, text, word } from "./fields.ts";

/** Schemas by method. */
export const TOOL_PARAMS = {
  "tools.catalog": () => z.strictObject({ agentId: name(), includePlugins: flag() }),
  "tools.effective": () => z.strictObject({ sessionKey: text(), agentId: name() }),
  "tools.invoke": () =>
    z.strictObject({
      name: text(),
      args: z.optional(anyObject()),
      sessionKey: name(),
      agentId: name(),
      confirm: flag(),
      idempotencyKey: name(),
    }),
  "commands.list": () =>
    z.strictObject({
      agentId: name(),
      provider: name(),
      scope: z.optional(z.enum(["text", "native", "both"])),
      includeArgs: flag(),
    }),
  "skills.status": () => z.strictObject({ agentId: name() }),
  "skills.search": () => z.strictObject({ query: word(), limit: count(1) }),
  "skills.detail": () => z.strictObject({ slug: text() }),
  "skills.install": skillInstallParams,
  "skills.update": skillUpdateParams,
  "skills.upload.begin": () =>
    z.strictObject({
      kind: z.literal("skill-archive"),
      slug: text(),
      sizeBytes: integer(1, MAX_SKILL_ARCHIVE_BYTES),
      sha256: name(),
      force: flag(),
      idempotencyKey: name(),
    }),
  "skills.upload.chunk": () =>
    z.strictObject({
      uploadId: text(),
      offset: integer(0),
      dataBase64: text(base64Chars(MAX_SKILL_CHUNK_BYTES)),
    }),
  "skills.upload.commit": () => z.strictObject({ uploadId: text(), sha256: name() }),
  "plugins.uiDescriptors": none,
  "plugins.sessionAction": () =>
    z.strictObject({
      pluginId: text(),
      actionId: text(),
      sessionKey: name(),
      payload: anything(),
    }),
  "push.web.vapidPublicKey": none,
  "push.web.subscribe": () =>
    z.strictObject({
      endpoint: text().check(z.regex(/^https:\/\//, 'must match pattern "^https://"')),
      keys: z.strictObject({ p256dh: text(), auth: text() }),
    }),
  "push.web.unsubscribe": () => z.strictObject({ endpoint: text() }),
  "push.web.test": () => z.strictObject({ title: word(), body: word() }),
  "push.test": () =>
    z.strictObject({ nodeId: text(), title: word(), body: word(), environment: word() }),
  "nativeHook.invoke": () =>
    z.strictObject({ provider: text(), relayId: text(), event: text(), rawPayload: anything() }),
  "browser.request": () =>
    z.looseObject({
      method: z.enum(["GET", "POST", "DELETE"]),
      path: text(),
      query: z.optional(anyObject()),
      body: anything(),
      timeoutMs: count(1),
    }),
};

/** Characters that so many bytes take as base64. */
function base64Chars(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

function skillInstallParams() {
  return z.union([
    z.strictObject({
      source: z.literal("clawhub"),
      slug: text(),
      version: name(),
      force: flag(),
    }),
    z.strictObject({
      source: z.literal("upload"),
      uploadId: text(),
      slug: text(),
      force: flag(),
      sha256: name(),
    }),
    z.looseObject({ name: text(), installId: text() }),
  ]);
}

function skillUpdateParams() {
  return z.union([
    z.strictObject({ source: z.literal("clawhub"), slug: name(), all: flag() }),
    z.strictObject({
      skillKey: text(),
      enabled: flag(),
      apiKey: word(),
      env: z.optional(z.record(z.string(), z.string())),
    }),
  ]);
}
