import { assertEquals } from "@std/assert";
import { compareProjects } from "./imports.ts";

Deno.test("compareProjects() accepts a superset", () => {
  const root = { imports: { a: "npm:a@1.0.0" }, links: ["./lib/std/x"] };
  const tests = { imports: { a: "npm:a@1.0.0", b: "npm:b@1.0.0" }, links: ["../lib/std/x"] };
  assertEquals(compareProjects(root, tests), []);
});

Deno.test("compareProjects() names what is missing or different", () => {
  const root = { imports: { a: "npm:a@1.0.0", b: "npm:b@1.0.0" }, links: ["./lib/std/x"] };
  assertEquals(compareProjects(root, { imports: { a: "npm:a@1.0.1" } }), [
    'tests/deno.json: "a" is "npm:a@1.0.1", deno.json has "npm:a@1.0.0"',
    'tests/deno.json: "b" is missing, deno.json has "npm:b@1.0.0"',
    'tests/deno.json: link "../lib/std/x" is missing',
  ]);
});
