import { assertEquals, assertThrows } from "@std/assert";
import { startWhenWritten } from "./busy_program.ts";

const BUSY = new Error("Failed to spawn '/x': Text file busy (os error 26)");

/** Fails that often. */
function starting(failures: number, error = BUSY) {
  let tries = 0;
  const start = () => {
    if (++tries <= failures) throw error;
    return tries;
  };
  return { start, tries: () => tries };
}

Deno.test("startWhenWritten() tries again while the program is being written, and not for ever", () => {
  let waited = 0;
  const pause = (ms: number) => void (waited += ms);
  assertEquals([startWhenWritten(starting(2).start, pause), waited], [3, 10]);
  const endless = starting(Infinity);
  assertEquals(assertThrows(() => startWhenWritten(endless.start, pause)), BUSY);
  assertEquals(endless.tries(), 40);
  const absent = starting(1, new Deno.errors.NotFound("no such program"));
  assertThrows(() => startWhenWritten(absent.start, pause), Deno.errors.NotFound);
  assertEquals(absent.tries(), 1);
});
