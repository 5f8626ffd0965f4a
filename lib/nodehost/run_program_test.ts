import { assertEquals } from "@std/assert";
import { systemClock } from "../platform/mod.ts";
import { runProgram } from "./run_program.ts";

const SPEC = { program: "/bin/x", args: [], env: {} };

Deno.test("runProgram() answers for a program that cannot be killed", async () => {
  let kills = 0;
  const endless = () => new ReadableStream<Uint8Array>({ type: "bytes" });
  const result = await runProgram(
    SPEC,
    { timeoutMs: 1, clock: systemClock, signal: new AbortController().signal },
    () => ({
      pid: 1,
      stdout: endless(),
      stderr: endless(),
      exit: new Promise(() => {}),
      kill: () => void kills++,
    }),
  );
  assertEquals([result.timedOut, result.success, result.exitCode], [true, false, undefined]);
  assertEquals(kills, 2);
});
