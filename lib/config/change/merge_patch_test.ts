import { assertEquals } from "@std/assert";
import { deletedSections, mergePatch } from "./merge_patch.ts";

Deno.test("mergePatch() merges objects, deletes by null and replaces the rest", () => {
  const target = { a: { b: 1, c: [1, 2] }, d: "x", e: { f: 1 } };
  assertEquals(mergePatch(target, { a: { c: [3], g: { h: null, i: 1 } }, d: null, e: 2 }), {
    a: { b: 1, c: [3], g: { i: 1 } },
    e: 2,
  });
  assertEquals(target, { a: { b: 1, c: [1, 2] }, d: "x", e: { f: 1 } });
  assertEquals(mergePatch({ a: 1 }, { a: { b: 2 } }), { a: { b: 2 } });
  assertEquals(mergePatch({ a: 1 }, {}), { a: 1 });
});

Deno.test("mergePatch() merges lists of named entries by id, in place", () => {
  const list = [{ id: "a", n: 1 }, { id: "b", n: 2, m: { x: 1 } }];
  assertEquals(
    mergePatch({ list }, { list: [{ id: "c", z: null }, { id: "b", n: null, m: { y: 2 } }] }),
    { list: [{ id: "a", n: 1 }, { id: "b", m: { x: 1, y: 2 } }, { id: "c" }] },
  );
});

Deno.test("mergePatch() replaces lists that are not all named", () => {
  const named = [{ id: "a", n: 1 }];
  for (const list of [[], ["a"], [{ n: 1 }], [{ id: 1 }], [{ id: "a" }, "b"]]) {
    assertEquals(mergePatch({ list: named }, { list }), { list });
  }
  assertEquals(mergePatch({ list: ["a"] }, { list: named }), { list: named });
});

Deno.test("mergePatch() keeps an own __proto__ key out", () => {
  const patch = JSON.parse('{"__proto__":{"x":1},"a":{"__proto__":{"y":1}}}');
  const merged = mergePatch({ a: {} }, patch);
  assertEquals(Object.keys(merged), ["a"]);
  assertEquals(Object.keys(merged.a as object), []);
  assertEquals(("x" in merged) || ("y" in (merged.a as object)), false);
});

Deno.test("mergePatch() replaces every list when told so", () => {
  const list = [{ id: "a", n: 1 }, { id: "b" }];
  assertEquals(mergePatch({ x: { list } }, { x: { list: [{ id: "b" }] } }, "replace"), {
    x: { list: [{ id: "b" }] },
  });
});

Deno.test("deletedSections() names the sections in which a null meets something", () => {
  const target = { a: { b: 1 }, c: 2 };
  const cases: [Record<string, unknown>, string[]][] = [
    [{ a: { b: null } }, ["a"]],
    [{ c: null, a: { b: 2 } }, ["c"]],
    [{ d: null, a: { z: null } }, []],
    [{ c: { d: null } }, []],
  ];
  for (const [patch, names] of cases) assertEquals(deletedSections(target, patch), names);
});
