import { assertEquals } from "@std/assert";
import { countTests, runDeno } from "./run.ts";

Deno.test("countTests() reads the summary of deno test", () => {
  assertEquals(countTests("ok | 12 passed (3 steps) | 0 failed (1s)\n"), { passed: 12, failed: 0 });
  assertEquals(countTests("FAILED | 1 passed | 2 failed | 3 ignored (5ms)"), {
    passed: 1,
    failed: 2,
  });
});

Deno.test("countTests() adds several summaries and reads the plain form", () => {
  assertEquals(countTests("ok | 1 passed | 0 failed (1s)\nx\n7 passed, 1 failed\n"), {
    passed: 8,
    failed: 1,
  });
});

Deno.test("countTests() finds nothing in other text", () => {
  assertEquals(countTests("Checked 4 files"), undefined);
});

Deno.test("runDeno() gives exit code and text", async () => {
  const { code, text } = await runDeno(["eval", "console.error('seen'); Deno.exit(3)"], ".");
  assertEquals([code, text], [3, "seen\n"]);
});

Deno.test("runDeno() ends what takes too long", async () => {
  const forever = ["eval", "await new Promise((resolve) => setTimeout(resolve, 60_000))"];
  assertEquals((await runDeno(forever, ".", 100)).code, 124);
});
