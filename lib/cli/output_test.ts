import { assertEquals } from "@std/assert";
import { alignColumns, Output } from "./output.ts";
import { testHost } from "./testing/host_test.ts";

Deno.test("Output.paint() colours only on a terminal that wants it", () => {
  const cases: [Record<string, string>, boolean, boolean, boolean][] = [
    [{}, true, false, true],
    [{}, false, false, false],
    [{ NO_COLOR: "1" }, true, false, false],
    [{ NO_COLOR: "" }, true, false, true],
    [{ FORCE_COLOR: "1" }, false, false, true],
    [{ FORCE_COLOR: "0" }, true, false, false],
    [{ TERM: "dumb" }, true, false, false],
    [{}, true, true, false],
  ];
  for (const [env, isTty, noColor, expected] of cases) {
    const out = new Output(testHost(env, { isTty }), noColor);
    assertEquals(out.paint("x", "good"), expected ? "\u001b[32mx\u001b[39m" : "x");
  }
});

Deno.test("Output.json() writes two spaces of indentation", () => {
  const host = testHost();
  new Output(host).json({ a: [1] });
  assertEquals(host.output.out, '{\n  "a": [\n    1\n  ]\n}\n');
});

Deno.test("Output.pairs() and table() align wide characters", () => {
  const host = testHost();
  const out = new Output(host);
  out.pairs([["名前", "claw"], ["id", "main"]]);
  out.table(["Key", "Age"], [["日本", "5m"], ["a", "12s"]]);
  assertEquals(
    host.output.out,
    "名前  claw\nid    main\nKey   Age\n日本  5m\na     12s\n",
  );
});

Deno.test("alignColumns() leaves no spaces at the end of a line", () => {
  assertEquals(alignColumns([["a", ""], ["bb", "c"]]), ["a", "bb  c"]);
});
