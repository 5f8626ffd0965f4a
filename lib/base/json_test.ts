import { assertEquals } from "@std/assert";
import { parseObjectOrUndefined } from "./json.ts";

Deno.test("parseObjectOrUndefined() takes objects that can be walked, and nothing else", () => {
  const nested = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
  assertEquals(parseObjectOrUndefined('{"a":[{"b":null}]}'), { a: [{ b: null }] });
  assertEquals(parseObjectOrUndefined("{}"), {});
  for (const text of ["", "{", "[]", "1", "null", '"x"', nested(257), nested(20_000)]) {
    assertEquals(parseObjectOrUndefined(text), undefined, text.slice(0, 20));
  }
  assertEquals(parseObjectOrUndefined(nested(256))?.a !== undefined, true);
  assertEquals(
    parseObjectOrUndefined(`{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`),
    undefined,
  );
});
