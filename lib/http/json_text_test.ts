import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "./errors.ts";
import { checkJsonText, MAX_JSON_DEPTH, MAX_JSON_KEYS } from "./json_text.ts";

Deno.test("checkJsonText() lets usual bodies pass, and leaves syntax to the parser", () => {
  const deep = "[".repeat(MAX_JSON_DEPTH) + "]".repeat(MAX_JSON_DEPTH);
  const cases = [
    '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}',
    '{"a":"a","b":"a: \\"a\\":","\\\\":1,"c":"\\\\"}',
    '{"a":"{{{[[[","b":"__proto__"}',
    '{"proto__":1,"constructor":2}',
    deep,
    "",
    "x",
    '"open',
    "}}]]",
    '{"a":1 "a',
  ];
  for (const text of cases) checkJsonText(text);
});

Deno.test("checkJsonText() refuses what is nested without end", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"], ['[{"b":', "}]"]] as const) {
    const text = open.repeat(20_000) + "1" + close.repeat(20_000);
    const error = assertThrows(() => checkJsonText(text), HttpError, "256 levels");
    assertEquals([error.status, error.code], [400, "INVALID_REQUEST"]);
    checkJsonText(JSON.stringify({ text }));
  }
  assertThrows(() => checkJsonText("[".repeat(1_000_000)), HttpError);
});

Deno.test("checkJsonText() refuses names that are there twice, however they are written", () => {
  for (
    const text of [
      '{"a":1,"a":2}',
      '{"a":1, "b":{}, "a" : 2}',
      '{"x":[{"a":{"b":1,"b":1}}]}',
      '{"a":1,"\\u0061":2}',
      '{"\\"":1,"\\u0022":2}',
    ]
  ) assertThrows(() => checkJsonText(text), HttpError, "twice", text);
});

Deno.test("checkJsonText() refuses __proto__ and names without number", () => {
  for (const text of ['{"__proto__":{}}', '{"a":[{"\\u005f_proto__":1}]}']) {
    assertThrows(() => checkJsonText(text), HttpError, "__proto__");
  }
  const many = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, 0])));
  checkJsonText(many(MAX_JSON_KEYS));
  assertThrows(() => checkJsonText(many(MAX_JSON_KEYS + 1)), HttpError, "100000 fields");
});
