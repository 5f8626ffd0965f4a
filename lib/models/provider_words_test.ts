import { assertEquals } from "@std/assert";
import { parseRetryAfter, readProviderWords } from "./provider_words.ts";

Deno.test("readProviderWords() finds the message in any form", () => {
  const cases: [string, string, string][] = [
    ['{"error":{"message":"No\\n such  key","code":"bad_key"}}', "No such key", "bad_key"],
    ['{"error":"plain"}', "plain", ""],
    ['{"message":"top","type":"limit"}', "top", "limit"],
    ['{"detail":[{"msg":"field required"}]}', "field required", ""],
    ['[{"error":{"message":"in a list","code":429}}]', "in a list", "429"],
    ["<!DOCTYPE html><title>502 Bad Gateway</title>", "502 Bad Gateway", ""],
    ["<html></html>", "an HTML page", ""],
    ["just text", "just text", ""],
    ["", "", ""],
  ];
  for (const [body, text, code] of cases) {
    assertEquals(readProviderWords(body), { text, code });
  }
});

Deno.test("parseRetryAfter() reads milliseconds, seconds and dates", () => {
  const of = (headers: Record<string, string>) => parseRetryAfter(new Headers(headers));
  assertEquals(of({ "retry-after-ms": "250", "retry-after": "9" }), 250);
  assertEquals(of({ "retry-after": "1.5" }), 1500);
  const date = "Fri, 01 May 2026 10:00:00 GMT";
  assertEquals(of({ "retry-after": "Fri, 01 May 2026 10:00:07 GMT", date }), 7000);
  assertEquals(of({ "retry-after": "Fri, 01 May 2026 09:00:00 GMT", date }), 0);
  for (const value of ["soon", "-1", ""]) {
    assertEquals(of({ "retry-after": value }), undefined);
  }
  assertEquals(of({}), undefined);
});
