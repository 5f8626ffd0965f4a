import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { isSecretRef, resolveRef } from "./reference.ts";
import type { SecretSource } from "./types.ts";

const ACCEPTED: [source: SecretSource, id: string][] = [
  ["env", "OPENAI_API_KEY"],
  ["env", "A"],
  ["file", "/providers/openai/apiKey"],
  ["file", "/a~1b/~0c"],
  ["file", "/"],
  ["file", "value"],
  ["exec", "vault/openai/api-key"],
  ["exec", "a:b.c_d"],
];

const REFUSED: [source: SecretSource, id: string][] = [
  ["env", "lower"],
  ["env", "1A"],
  ["env", "A".repeat(129)],
  ["file", "relative/pointer"],
  ["file", "/a~2"],
  ["file", ""],
  ["exec", "a/../b"],
  ["exec", "./a"],
  ["exec", "-flag"],
  ["exec", "a b"],
  ["exec", "a".repeat(257)],
];

for (const [source, id] of ACCEPTED) {
  Deno.test(`resolveRef() takes ${source} id ${JSON.stringify(id)}`, () => {
    assertEquals(resolveRef({ source, id }, {}), { source, provider: "default", id });
  });
}

for (const [source, id] of REFUSED) {
  Deno.test(`resolveRef() refuses ${source} id ${JSON.stringify(id.slice(0, 20))}`, () => {
    const error = assertThrows(() => resolveRef({ source, id }, {}), AppError);
    assertEquals(error.code, "SECRET_UNRESOLVED");
  });
}

Deno.test("resolveRef() takes the provider from the reference, then from the defaults", () => {
  const config = { secrets: { defaults: { file: "vault", env: "shell" } } };
  const ref = { source: "file", id: "/a" } as const;
  assertEquals(resolveRef(ref, config)?.provider, "vault");
  assertEquals(resolveRef({ ...ref, provider: "other" }, config)?.provider, "other");
  assertEquals(resolveRef("${KEY}", config), { source: "env", provider: "shell", id: "KEY" });
  assertEquals(resolveRef("plain", config), undefined);
  assertThrows(() => resolveRef({ ...ref, provider: "Bad Name" }, config), AppError);
});

Deno.test("isSecretRef() tells a pointer from other objects", () => {
  assertEquals(isSecretRef({ source: "env", id: "A" }), true);
  const others = ["${A}", { source: "env" }, { source: "web", id: "A" }, null, {
    source: "env",
    id: "A",
    provider: 7,
  }];
  for (const value of others) assertEquals(isSecretRef(value), false);
});
