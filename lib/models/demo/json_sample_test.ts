import { assert, assertEquals, assertMatch } from "@std/assert";
import { Fodder, sampleOf } from "./json_sample.ts";

function sample(schema: unknown, message = ""): unknown {
  return sampleOf(schema, Fodder.of(message));
}

function object(properties: Record<string, unknown>, rest = {}): Record<string, unknown> {
  return { type: "object", properties, required: Object.keys(properties), ...rest };
}

Deno.test("sampleOf() fits the schema", () => {
  const cases: [schema: unknown, value: unknown][] = [
    [true, {}],
    [{}, {}],
    [{ const: null }, null],
    [{ enum: ["b", "a"] }, "b"],
    [{ type: "string", default: "d" }, "d"],
    [{ type: "string", format: "date" }, "2026-01-01"],
    [{ type: "string", minLength: 6 }, "demoxx"],
    [{ type: "string", maxLength: 2 }, "de"],
    [{ type: "string", pattern: "^[A-Z]{2}-\\d{3}$" }, "AA-000"],
    [{ pattern: "^[a-z]+$", minLength: 3 }, "aaa"],
    [{ type: "string", pattern: "^(?=x)x$" }, "demo"],
    [{ type: "integer", minimum: 4 }, 4],
    [{ type: "integer", exclusiveMinimum: 4, multipleOf: 5 }, 10],
    [{ type: "number", exclusiveMaximum: 0 }, -0.5],
    [{ type: "integer", maximum: -3 }, -3],
    [{ type: "boolean" }, true],
    [{ type: ["string", "null"] }, "demo"],
    [{ type: "array", items: { type: "boolean" }, minItems: 2 }, [true, true]],
    [{ type: "array", items: {}, maxItems: 0 }, []],
    [{ type: "array", prefixItems: [{ const: 1 }, { const: 2 }], items: false }, [1, 2]],
    [{ type: "object", properties: { a: {}, b: {} }, required: ["b"] }, { b: {} }],
    [{ properties: { a: { type: "null" } }, required: ["a"] }, { a: null }],
    [{ anyOf: [{ type: "null" }, { type: "string" }] }, null],
    [{ description: "either", oneOf: [object({ a: { const: 1 } })] }, { a: 1 }],
    [{ allOf: [object({ a: { const: 1 } }), object({ b: { const: 2 } })] }, { a: 1, b: 2 }],
    [{ $ref: "#/$defs/a~1b", $defs: { "a/b": { const: 7 } } }, 7],
    [{ $ref: "#/$defs/missing" }, {}],
  ];
  for (const [schema, value] of cases) assertEquals(sample(schema), value, JSON.stringify(schema));
});

Deno.test("sampleOf() ends in a schema that refers to itself", () => {
  const node = object({ next: { anyOf: [{ $ref: "#" }, { type: "null" }] } });
  assertMatch(JSON.stringify(sample(node)), /^(\{"next":){3,8}null\}+$/);
  assert(JSON.stringify(sample(object({ next: { $ref: "#" } }))).length < 1000);
  const tree = object({ children: { type: "array", items: { $ref: "#" } } });
  assert(JSON.stringify(sample(tree)).length < 1000);
  assertEquals(sample({ $ref: "#" }), {});
  const both = object({ a: { $ref: "#" }, b: { $ref: "#" } });
  assert(JSON.stringify(sample(both)).length < 100_000);
  for (const each of ["allOf", "anyOf", "oneOf"]) {
    sample({ [each]: [{ $ref: "#" }, { $ref: "#" }] });
  }
});

Deno.test("sampleOf() fills in what the message offers", () => {
  const schema = object({
    a: { type: "string" },
    b: { type: "string" },
    n: { type: "number" },
    m: { type: "integer" },
  });
  assertEquals(sample(schema, 'say "one" and "two" 2.5 times, not 7'), {
    a: "one",
    b: "two",
    n: 2.5,
    m: 7,
  });
  assertEquals(sample(schema, "What about Paris, or Rome and v2?"), {
    a: "Paris",
    b: "Rome",
    n: 0,
    m: 0,
  });
});
