import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { HttpError } from "./errors.ts";
import { resolveRunTarget, type RunTarget } from "./run_target.ts";

const AGENTS = [{ id: "helper", isDefault: false }, { id: "main", isDefault: true }];

function resolve(model: string, headers: Record<string, string> = {}, user?: string): RunTarget {
  return resolveRunTarget(new Headers(headers), { model, user, dialect: "openai" }, AGENTS);
}

function refusal(model: string, headers: Record<string, string> = {}): [number, string] {
  const error = assertThrows(() => resolve(model, headers), HttpError);
  return [error.status, error.message];
}

Deno.test("resolveRunTarget() takes the agent from the model", () => {
  assertEquals(resolve("openclaw").agentId, "main");
  assertEquals(resolve("openclaw/default").agentId, "main");
  assertEquals(resolve("openclaw:helper").agentId, "helper");
});

Deno.test("resolveRunTarget() lets headers override the model's agent", () => {
  assertEquals(resolve("openclaw", { "x-openclaw-agent-id": "Helper" }).agentId, "helper");
  assertEquals(resolve("openclaw", { "x-openclaw-agent": "helper" }).agentId, "helper");
  const both = { "x-openclaw-session-key": "agent:helper:x", "x-openclaw-agent-id": "main" };
  assertEquals(resolve("openclaw", both).agentId, "helper");
});

Deno.test("resolveRunTarget() derives the session key from the user", () => {
  assertEquals(resolve("openclaw", {}, "Ann").sessionKey, "agent:main:openai-user:ann");
  const [first, second] = [resolve("openclaw/helper"), resolve("openclaw/helper")];
  assertMatch(first.sessionKey, /^agent:helper:openai:[0-9a-f-]{36}$/);
  assertEquals(first.sessionKey === second.sessionKey, false);
});

Deno.test("resolveRunTarget() takes a session key verbatim", () => {
  const headers = { "x-openclaw-session-key": "My Key" };
  assertEquals(resolve("openclaw", headers, "ann").sessionKey, "My Key");
});

Deno.test("resolveRunTarget() reads backend model and channel", () => {
  const target = resolve("openclaw", {
    "x-openclaw-model": " local/a/b ",
    "x-openclaw-message-channel": "telegram",
  });
  assertEquals([target.model, target.messageChannel], ["local/a/b", "telegram"]);
  const plain = resolve("openclaw", { "x-openclaw-model": " " });
  assertEquals([plain.model, plain.messageChannel], [undefined, "webchat"]);
});

Deno.test("resolveRunTarget() refuses what is no target and agents it does not know", () => {
  const invalid = "Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.";
  assertEquals(refusal("gpt-4"), [400, invalid]);
  assertEquals(refusal("gpt-4", { "x-openclaw-agent-id": "main" }), [400, invalid]);
  assertEquals(refusal("openclaw/nope"), [404, "Agent 'nope' not found."]);
  assertEquals(refusal("openclaw", { "x-openclaw-agent-id": "nope" })[0], 404);
  assertEquals(refusal("openclaw", { "x-openclaw-session-key": "agent:nope:x" })[0], 404);
});

Deno.test("resolveRunTarget() refuses malformed headers by name", () => {
  for (const model of ["/a", "a/", "a//b", "a b"]) {
    assertEquals(refusal("openclaw", { "x-openclaw-model": model }), [
      400,
      "Invalid `x-openclaw-model`.",
    ]);
  }
  assertEquals(refusal("openclaw", { "x-openclaw-session-key": "k".repeat(513) }), [
    400,
    "Invalid `x-openclaw-session-key`.",
  ]);
});
