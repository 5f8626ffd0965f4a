import { assertEquals } from "@std/assert";
import { changedPaths } from "./changed_paths.ts";

Deno.test("changedPaths() names the deepest differences", () => {
  const before = { a: { b: 1, c: 2 }, d: [1], e: 1, "x.y": { z: 1 } };
  const after = { a: { b: 1, c: 3 }, d: [1, 2], f: { g: 1 }, "x.y": { z: 2 } };
  assertEquals(changedPaths(before, after), ["a.c", "d", "e", '["x.y"].z', "f"]);
  assertEquals(changedPaths(before, structuredClone(before)), []);
});
