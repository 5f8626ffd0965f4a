/** Re-exports the assertion functions of the standard library from its npm build. */
// @ts-types="./types.d.ts"
export {
  assert,
  assertEquals,
  assertExists,
  assertFalse,
  AssertionError,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "npm:deno-std@1.4.0/assert/mod.js";
