import { assertEquals } from "@std/assert";
import { displayWidth, padColumns, wrapText } from "./width.ts";

Deno.test("displayWidth() counts terminal columns", () => {
  const cases: [string, number][] = [
    ["", 0],
    ["plain", 5],
    ["é", 1],
    ["e\u0301", 1],
    ["日本語", 6],
    ["한국", 4],
    ["🦞", 2],
    ["👩‍👩‍👧", 2],
    ["⚠️", 2],
    ["✓ ok", 4],
    ["\u001b[31mred\u001b[39m", 3],
    ["a\u200bb", 2],
  ];
  for (const [text, width] of cases) assertEquals(displayWidth(text), width, text);
});

Deno.test("padColumns() fills up to a width and never cuts", () => {
  assertEquals(padColumns("日本", 6), "日本  ");
  assertEquals(padColumns("longer", 2), "longer");
});

Deno.test("wrapText() breaks at spaces and keeps long words whole", () => {
  assertEquals(wrapText("one two three", 7), ["one two", "three"]);
  assertEquals(wrapText("a/very/long/path x", 5), ["a/very/long/path", "x"]);
  assertEquals(wrapText("", 5), [""]);
});
