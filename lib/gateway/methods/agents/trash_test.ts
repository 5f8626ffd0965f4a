import { assertEquals } from "@std/assert";
import { contains } from "./trash.ts";

Deno.test("contains() is true for the folder itself and what lies below it", () => {
  assertEquals(contains("/a/b", "/a/b/"), true);
  assertEquals(contains("/a/b", "/a/b/c/d"), true);
  assertEquals(contains("/a/b", "/a/bc"), false);
  assertEquals(contains("/a/b", "/a"), false);
  assertEquals(contains("/a/b", "/a/b/../c"), false);
  assertEquals(contains("/", "/a"), true);
  assertEquals(contains("/a", "/a/..b"), true);
});
