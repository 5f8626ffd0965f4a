import { assertEquals, assertThrows } from "@std/assert";
import { CallPieces } from "./call_pieces.ts";
import { StreamFault } from "./faults.ts";

/** What one call's pieces are told as. */
function told(...pieces: string[]): string[] {
  const calls = new CallPieces();
  return pieces.flatMap((piece) => {
    calls.take(0, piece);
    return calls.next(0, "f").map((event) => "delta" in event ? event.delta : "");
  });
}

Deno.test("next() hands out what came, once, and tells of a call without arguments", () => {
  assertEquals(told('{"a"', ":1}"), ['{"a"', ":1}"]);
  assertEquals(told("", "", "{}"), ["", "{}"]);
  const calls = new CallPieces();
  calls.take(0, "{");
  assertEquals(calls.next(0, ""), []);
  assertEquals(calls.next(0, "f"), [{ type: "toolCallDelta", index: 0, name: "f", delta: "{" }]);
});

Deno.test("next() leaves out blanks around the arguments, and keeps characters whole", () => {
  assertEquals(told(" \n", " {", " ", "\n", '"a" ', ": 1} ", "\n\n"), [
    "",
    "{",
    ' \n"a"',
    " : 1}",
  ]);
  const [high, low] = [..."😀"].flatMap((char) => char.split(""));
  assertEquals(told(`"${high}`, `${low}"`), ['"', '😀"']);
});

Deno.test("next() goes on to the next call when the one before is whole", () => {
  const calls = new CallPieces();
  calls.take(0, '{"a":1}');
  calls.next(0, "f");
  calls.begin(1, '{"a":1}');
  calls.take(1, "{}");
  assertEquals(calls.next(1, "g"), [{ type: "toolCallDelta", index: 1, name: "g", delta: "{}" }]);
  calls.take(0, " \n");
  assertThrows(() => calls.take(0, "x"), StreamFault, "changed the arguments");
});

Deno.test("next() stays at a call that is not whole", () => {
  for (const half of ["", '{"a":', "[]", "x"]) {
    const calls = new CallPieces();
    calls.take(0, half);
    calls.next(0, "f");
    calls.begin(1, half);
    calls.take(1, "{}");
    assertEquals(calls.next(1, "g"), [], half);
    calls.take(0, "1}");
    assertEquals(calls.next(0, "f").length, 1, half);
  }
});

Deno.test("replace() takes whole arguments, unless others were handed out", () => {
  const calls = new CallPieces();
  calls.replace(0, "", '{"a":1}');
  assertEquals(calls.next(0, "f").length, 1);
  calls.replace(0, '{"a":1}', '{"a":1}');
  assertEquals(calls.next(0, "f"), []);
  assertThrows(() => calls.replace(0, '{"a":1}', '{"a":2}'), StreamFault);
});

Deno.test("take() is not slowed down by a model that writes blanks without end", () => {
  const calls = new CallPieces();
  calls.take(0, "{");
  for (let count = 0; count < 500_000; count++) calls.take(0, " \n  ");
  calls.take(0, "}");
  assertEquals((calls.next(0, "f")[0] as { delta: string }).delta.length, 2_000_002);
});
