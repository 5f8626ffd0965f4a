import { assertEquals } from "@std/assert";
import { type JsonSchema, renderParams } from "./schema_text.ts";

function object(properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema {
  return { type: "object", properties, required, additionalProperties: false };
}

Deno.test("renderParams() marks optional properties and open objects", () => {
  const schema = object({ key: { type: "string" }, limit: { type: "integer" } }, ["key"]);
  assertEquals(renderParams(schema), ["key: string", "limit?: integer"]);
  assertEquals(renderParams({ ...schema, additionalProperties: {} }).at(-1), "…");
  assertEquals(renderParams(object({})), []);
  assertEquals(renderParams({}), ["any"]);
});

Deno.test("renderParams() tells bounds that say something", () => {
  const cases: [schema: JsonSchema, text: string][] = [
    [{ type: "string", minLength: 1 }, "string 1.."],
    [{ type: "string", maxLength: 80 }, "string ..80"],
    [{ type: "string", pattern: "^a$" }, "string /^a$/"],
    [{ type: "integer", minimum: 1, maximum: 200 }, "integer 1..200"],
    [{ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, "integer 0.."],
    [
      {
        type: "integer",
        minimum: Number.MIN_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
      },
      "integer",
    ],
    [{ type: "array", items: { type: "string" }, minItems: 2, maxItems: 12 }, "string[] 2..12"],
    [{ type: "array", items: { enum: ["a", "b"] } }, '("a" | "b")[]'],
    [{ type: "array", items: object({ a: {} }) }, "{ a?: any }[]"],
    [{ const: "x" }, '"x"'],
    [{ type: ["string", "null"] }, "string | null"],
    [{ oneOf: [{ const: false }, { type: "null" }] }, "false | null"],
    [{ type: "object", additionalProperties: {} }, "object"],
    [{ type: "object", additionalProperties: { type: "boolean" } }, "{ [name]: boolean }"],
  ];
  for (const [schema, text] of cases) {
    assertEquals(renderParams(object({ f: schema })), [`f?: ${text}`]);
  }
});

Deno.test("renderParams() writes several shapes as one text", () => {
  const schema = { anyOf: [object({ a: { const: 1 } }, ["a"]), object({ b: { const: 2 } })] };
  assertEquals(renderParams(schema), ["{ a: 1 } | { b?: 2 }"]);
});
