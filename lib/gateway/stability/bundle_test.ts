import { assertEquals, assertMatch } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { StabilityLog } from "../methods/events/stability_log.ts";
import { stabilityFolder } from "../../platform/mod.ts";
import { writeBundle } from "./bundle.ts";

const clockAt = (now: number) => ({ now: () => now, monotonic: () => now });

Deno.test("writeBundle() keeps reason, error and events in a private file", async () => {
  const stateDir = await Deno.makeTempDir();
  try {
    const clock = clockAt(1_000);
    const stability = new StabilityLog(clock);
    stability.record("run.failed", { code: "RUN_TIMEOUT" });
    const error = new AppError("CONFIG_INVALID", "gateway.port:\n  sk-abcdefghijkl", { hint: "x" });
    const reason = "gateway.startup_failed" as const;
    const path = writeBundle({ stateDir, clock, reason, error, stability, startedAt: 400 })!;
    assertMatch(
      path,
      /openclaw-stability-1970-01-01T00-00-01-000Z-\d+-gateway\.startup_failed\.json$/,
    );
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    const bundle = JSON.parse(await Deno.readTextFile(path));
    assertEquals([bundle.version, bundle.reason, bundle.process.uptimeMs], [1, reason, 600]);
    assertEquals(bundle.error, {
      name: "AppError",
      code: "CONFIG_INVALID",
      message: "gateway.port: [redacted]",
    });
    assertEquals(bundle.snapshot.events, [{
      code: "RUN_TIMEOUT",
      seq: 1,
      ts: 1000,
      type: "run.failed",
    }]);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("writeBundle() keeps twenty, and hides no failure behind its own", async () => {
  const stateDir = await Deno.makeTempDir();
  try {
    for (let second = 0; second < 25; second++) {
      const clock = clockAt(second * 1000);
      writeBundle({ stateDir, clock, reason: "gateway.shutdown_timeout", startedAt: 0 });
    }
    const names = [...Deno.readDirSync(stabilityFolder(stateDir))].map(({ name }) => name).sort();
    assertEquals(names.length, 20);
    assertMatch(names[0]!, /00-00-05-000Z/);
    const clock = clockAt(0);
    const file = `${stateDir}/file`;
    await Deno.writeTextFile(file, "");
    const facts = { stateDir: file, clock, reason: "gateway.uncaught_exception", startedAt: 0 };
    assertEquals(writeBundle({ ...facts, reason: "gateway.uncaught_exception" }), undefined);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});
