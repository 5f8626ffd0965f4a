import { assertEquals } from "@std/assert";
import { silentLogger } from "../../base/mod.ts";
import { FakeTime } from "../_testing.ts";
import { shutDown } from "./shutdown.ts";

Deno.test("shutDown() is 0 when clean, 1 when not, and gives up after 25 seconds", async () => {
  using time = new FakeTime();
  let timeouts = 0;
  const lines: string[] = [];
  const log = {
    ...silentLogger,
    info: (text: string) => void lines.push(text),
    error: (text: string) => void lines.push(text),
  };
  const options = { log, clock: time, willRestart: false, onTimeout: () => void timeouts++ };
  const ending = (close: () => Promise<void>) => shutDown({ close }, options);
  assertEquals(await ending(() => Promise.resolve()), 0);
  assertEquals(await ending(() => Promise.reject(new Error("disk"))), 1);
  assertEquals(timeouts, 0);
  const late = ending(() => new Promise(() => {}));
  time.advance(25_000);
  assertEquals([await late, timeouts], [1, 1]);
  assertEquals(lines, [
    "[shutdown] started: gateway stopping",
    "[shutdown] completed cleanly in 0ms",
    "[shutdown] started: gateway stopping",
    "[shutdown] failed: disk",
    "[shutdown] started: gateway stopping",
    "shutdown timed out; exiting without full cleanup",
  ]);
});
