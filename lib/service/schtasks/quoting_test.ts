import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { commandLine, remark, setLine, splitCommandLine, unescapeLine } from "./quoting.ts";

Deno.test("setLine() leaves a caret alone within quotes and goes without them for a quote", () => {
  assertEquals(setLine("A", "1 & 2^3 %x% !y!"), 'set "A=1 & 2^3 %%x%% !y!"');
  assertEquals(setLine("A", 'say "a&b" %'), 'set A=say ^"a^&b^" %%');
});

Deno.test("commandLine() quotes for both readers", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["C:\\x\\y.exe", "C:\\x\\y.exe"],
    ["C:\\a b\\y.exe", '"C:\\a b\\y.exe"'],
    ["C:\\a b\\", '"C:\\a b\\\\"'],
    ["", '""'],
    ["50%", '"50%%"'],
    ["a&b", '"a&b"'],
    ['"', '^"\\^"^"'],
    ['\\" &', '^"\\\\\\^" ^&^"'],
  ];
  for (const [word, expected] of cases) assertEquals(commandLine([word]), expected);
});

Deno.test("setLine() and commandLine() refuse what would end the line or the file", () => {
  for (const text of ["a\nb", "a\rb", "a\0b", "a\x1ab", "x".repeat(9000)]) {
    for (const write of [() => setLine("KEY", text), () => commandLine(["x", text])]) {
      const error = assertThrows(write, AppError);
      assertEquals(error.code, "SERVICE_INSTALL_FAILED");
    }
  }
});

Deno.test("remark() stays one line", () => {
  assertEquals(remark("100%\r\ndel x"), "rem 100%% del x");
});

Deno.test("splitCommandLine() and unescapeLine() undo it", () => {
  assertEquals(splitCommandLine('"a b" c\\\\"d" "" \\"'), ["a b", "c\\d", "", '"']);
  assertEquals(unescapeLine('^"a^&b^" "^" %%'), '"a&b" "^" %');
});
