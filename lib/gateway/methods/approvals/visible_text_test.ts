import { assertEquals } from "@std/assert";
import { visibleText } from "./visible_text.ts";

for (
  const [text, shown] of [
    ["ls -la\n\tx é 日本", "ls -la\n\tx é 日本"],
    ["a\u202eb", "a\\u{202E}b"],
    ["a\u200bb\ufeff", "a\\u{200B}b\\u{FEFF}"],
    ["a\u001b[2Kb\r\u0000", "a\\u{001B}[2Kb\\u{000D}\\u{0000}"],
    ["a\u00a0b\u2028", "a\\u{00A0}b\\u{2028}"],
    ["\u3164\u{e0041}", "\\u{3164}\\u{E0041}"],
  ] as const
) {
  Deno.test(`visibleText() shows ${JSON.stringify(shown)}`, () => {
    assertEquals(visibleText(text), shown);
  });
}
