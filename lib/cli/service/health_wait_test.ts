import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import type { ServiceRuntime } from "../../service/mod.ts";
import { waitForHealth } from "./health_wait.ts";

function wait(runtime: ServiceRuntime, given: { serves?: boolean; verb?: "restart" } = {}) {
  let now = 0;
  return waitForHealth({
    manager: { readRuntime: () => Promise.resolve(runtime), logHint: () => "journalctl" },
    port: 18789,
    clock: { now: () => 0, monotonic: () => now += 30_000 },
    isServing: () => Promise.resolve(given.serves ?? false),
    ...(given.verb === undefined ? {} : { verb: given.verb }),
  });
}

Deno.test("waitForHealth() is over when the process runs and answers", async () => {
  assertEquals((await wait({ state: "running", pid: 7 }, { serves: true })).pid, 7);
});

Deno.test("waitForHealth() says what did not come, in the words that people look for", async () => {
  const silent = await assertRejects(
    () => wait({ state: "running", pid: 7 }, { verb: "restart" }),
    AppError,
  );
  assertEquals(
    silent.message,
    "Gateway restart timed out after 60s waiting for health checks: it is running, and nothing " +
      "healthy answers on port 18789",
  );
  assertEquals(silent.hint, "openclaw gateway status --deep\njournalctl");
  const looping = await assertRejects(
    () => wait({ state: "crash_looping", lastExitStatus: 1, detail: "it ended 5 times" }),
    AppError,
  );
  assertEquals(
    looping.message,
    "Gateway start failed after 30s: it is crash looping, last exit 1: it ended 5 times and " +
      "health checks never came up",
  );
});
