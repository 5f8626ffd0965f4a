import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { type HookMappingConfig, type OpenClawConfig, resolveHooks } from "../../config/mod.ts";
import type { HookCall } from "../../http/mod.ts";
import { applyMapping, findMapping } from "./mappings.ts";

const NOW = "2025-06-15T15:06:40.000Z";

function call(path: string, payload: Record<string, unknown> = {}): HookCall {
  return { path, payload, headers: {}, url: new URL(`http://gateway.test/hooks/${path}`) };
}

function hooksOf(hooks: OpenClawConfig["hooks"]) {
  return resolveHooks({ hooks: { enabled: true, token: "hook-token", ...hooks } })!;
}

const noScript = () => Promise.reject(new Error("there is no script"));

function apply(
  mapping: HookMappingConfig,
  payload: Record<string, unknown> = {},
  script: () => Promise<unknown> = noScript,
) {
  return applyMapping(mapping, call("x", payload), NOW, script);
}

Deno.test("findMapping() takes the first that fits path and source", () => {
  const hooks = hooksOf({
    mappings: [
      { id: "source", match: { path: "/ci/", source: "builds" } },
      { id: "path", match: { path: "ci" } },
      { id: "deep", match: { path: "a/b" } },
      { id: "anything from mail", match: { source: "mail" } },
    ],
  });
  const idOf = (path: string, payload = {}) => findMapping(hooks, call(path, payload))?.id;
  assertEquals(idOf("ci", { source: "builds" }), "source");
  assertEquals(idOf("ci", { source: "other" }), "path");
  assertEquals(idOf("ci"), "path");
  assertEquals(idOf("a/b"), "deep");
  assertEquals(idOf("none", { source: "mail" }), "anything from mail");
  assertEquals([idOf("CI"), idOf("none"), idOf("a")], [undefined, undefined, undefined]);
  assertEquals(findMapping(hooksOf({ mappings: [{ id: "all" }] }), call("what/ever"))?.id, "all");
});

Deno.test("applyMapping() fills in what is a template and nothing else", async () => {
  const mapping: HookMappingConfig = {
    id: "m",
    name: "CI {{repo}}",
    agentId: "{{agent}}",
    sessionKey: "hook:ci:{{repo}}",
    messageTemplate: "{{repo}} at {{now}}",
    to: "{{to}}",
    model: "{{model}}",
    channel: "{{to}}",
    deliver: false,
    timeoutSeconds: 5,
  };
  const mapped = await apply(mapping, { repo: "core", agent: "evil", to: "a", model: "m" });
  assertEquals(mapped?.isSessionKeyRequested, true);
  assertEquals({ ...mapped?.fields }, {
    kind: "agent",
    message: `core at ${NOW}`,
    text: undefined,
    name: "CI core",
    agentId: "{{agent}}",
    sessionKey: "hook:ci:core",
    to: "a",
    model: "m",
    thinking: undefined,
    channel: "{{to}}",
    deliver: false,
    timeoutSeconds: 5,
  });
  const plain = await apply({ sessionKey: "hook:ci", action: "wake", textTemplate: "{{t}}" });
  assertEquals([plain?.isSessionKeyRequested, plain?.fields.kind, plain?.fields.text], [
    false,
    "wake",
    "",
  ]);
});

Deno.test("applyMapping() puts what a script returns over the mapping", async () => {
  const mapping: HookMappingConfig = {
    name: "CI",
    messageTemplate: "from the template",
    sessionKey: "hook:ci",
    transform: { module: "x.mjs" },
  };
  assertEquals(await apply(mapping, {}, () => Promise.resolve(null)), null);
  const same = await apply(mapping, {}, () => Promise.resolve(undefined));
  assertEquals([same?.fields.message, same?.isSessionKeyRequested], ["from the template", false]);
  const made = { message: "made", name: undefined, kind: "agent" };
  const other = await apply(mapping, {}, () => Promise.resolve(made));
  assertEquals([other?.fields.message, other?.fields.name, other?.isSessionKeyRequested], [
    "made",
    "CI",
    false,
  ]);
  const keyed = await apply(mapping, {}, () => Promise.resolve({ sessionKey: "hook:made" }));
  assertEquals([keyed?.fields.sessionKey, keyed?.isSessionKeyRequested], ["hook:made", true]);
  for (const wrong of ["text", 3, true, [1]]) {
    const error = await assertRejects(
      () => apply(mapping, {}, () => Promise.resolve(wrong)),
      AppError,
    );
    assertEquals([error.code, error.message], ["HOOK_MAPPING_FAILED", "hook mapping failed"]);
  }
});

Deno.test("the preset for mails comes after the configured mappings, with its settings", async () => {
  const hooks = hooksOf({
    presets: ["gmail"],
    allowedSessionKeyPrefixes: ["hook:"],
    gmail: { model: "fast", thinking: "low" },
    mappings: [{ id: "own", match: { path: "gmail", source: "own" } }],
  });
  const payload = { messages: [{ id: "m1", from: "a@example.org", subject: "Hi", snippet: "s" }] };
  assertEquals(findMapping(hooks, call("gmail", { source: "own" }))?.id, "own");
  const mapping = findMapping(hooks, call("gmail", payload))!;
  const mapped = await apply(mapping, payload);
  assertEquals([mapped?.fields.sessionKey, mapped?.isSessionKeyRequested], ["hook:gmail:m1", true]);
  assertEquals([mapped?.fields.model, mapped?.fields.thinking], ["fast", "low"]);
  assertEquals(
    mapped?.fields.message,
    "A mail has come from a@example.org\nSubject: Hi\n\ns\n",
  );
});
