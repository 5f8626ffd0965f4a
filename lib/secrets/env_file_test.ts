import { assertEquals } from "@std/assert";
import { readEnvLines, withoutLines } from "./env_file.ts";

Deno.test("readEnvLines() reads variables, withoutLines() keeps everything else", () => {
  const text = "# note\nexport A=\"x y\"\r\nB='z'\nC = plain\nnot a line\n";
  assertEquals(readEnvLines(text), [
    { name: "A", value: "x y", line: 1 },
    { name: "B", value: "z", line: 2 },
    { name: "C", value: "plain", line: 3 },
  ]);
  assertEquals(withoutLines(text, new Set([1, 3])), "# note\nB='z'\nnot a line\n");
});
