import { assertEquals } from "@std/assert";
import { pathOf } from "./context.ts";

Deno.test("pathOf() cuts a URL down to its path as sent", () => {
  assertEquals(pathOf("http://a:1/v1/models?x=/y#z"), "/v1/models");
  assertEquals(pathOf("http://a/v1/%2e%2e/models"), "/v1/%2e%2e/models");
  assertEquals(pathOf("http://a/x#y"), "/x");
  assertEquals(pathOf("http://a/"), "/");
  assertEquals(pathOf("http://a"), "/");
  assertEquals(pathOf("*"), "/");
});
