import { assertEquals, assertMatch } from "@std/assert";
import { textFor } from "./pattern_sample.ts";

Deno.test("textFor() makes a text that the expression matches", () => {
  const patterns = [
    "^[A-Z]{3}$",
    "^[A-Z]{2}-\\d{4}$",
    "^\\+?[0-9]{7,15}$",
    "^(\\([0-9]{3}\\))?[0-9]{3}-[0-9]{4}$",
    "^#(?:[0-9a-fA-F]{3}){1,2}$",
    "^(red|green|blue)$",
    "^(?<year>\\d{4})-(?:0[1-9]|1[0-2])$",
    "^[^\\s@]+@[^\\s@]+\\.[a-z]{2,}$",
    "^\\w+\\s\\w+$",
    "^[\\w.-]+\\/[\\w.-]+$",
    "^\\D\\W\\S$",
    "^[^a-z]+$",
    "^\\p{Lu}\\p{L}*$",
    "^\\u0041\\x42\\u{43}$",
    "^[\\]\\\\^-]{2}$",
    "^a*b+?c??d{0}e{2,}$",
    "foo.bar",
    "\\bword\\b",
    "^$",
    "",
    "^x{2}y|z$",
    "^{}$",
  ];
  for (const pattern of patterns) {
    const isBraces = pattern === "^{}$";
    assertMatch(textFor(pattern)!, new RegExp(pattern, isBraces ? "" : "u"), pattern);
  }
});

Deno.test("textFor() repeats what has no bound until the text is long enough", () => {
  for (const [pattern, least] of [["^[a-z]+$", 8], ["^ID-\\d*$", 10], ["^(ab)*$", 5]] as const) {
    const text = textFor(pattern, least)!;
    assertMatch(text, new RegExp(pattern));
    assertEquals(text.length >= least && text.length < 2 * least, true, text);
  }
  assertEquals(textFor("^a$", 2), undefined);
});

Deno.test("textFor() does not follow what it cannot, and never takes long", () => {
  const patterns = [
    "^(?=a)b$",
    "(?<!a)b",
    "^(a)\\1$",
    "(",
    "[",
    "a)",
    "*",
    "\\",
    "[^\\s\\S]",
    "\\p{Script=Greek}",
    "(".repeat(20_000),
    "a{100000}",
    "((((a{99}){99}){99}){99})",
    "(a{1000}){1000}",
  ];
  for (const pattern of patterns) assertEquals(textFor(pattern), undefined, pattern.slice(0, 30));
  assertEquals(textFor("^(a+)+$", 3), "aaaa");
});
