import { assertEquals } from "@std/assert";
import type { OpenClawConfig } from "../types.ts";
import { parseByteSize } from "./byte_size.ts";
import { resolveCron } from "./cron.ts";
import { parseDuration } from "./duration.ts";
import { resolveHeartbeats, wakeSettings } from "./heartbeat.ts";

function beats(agents: OpenClawConfig["agents"]): [string, number][] {
  return resolveHeartbeats({ agents }, "main").map(({ agentId, everyMs }) => [agentId, everyMs]);
}

Deno.test("parseDuration() reads spans and nothing else", () => {
  const cases: [string, number | undefined][] = [
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    [" 1.5 h ", 5_400_000],
    ["250ms", 250],
    ["2", 120_000],
    ["0m", 0],
    ["", undefined],
    ["soon", undefined],
    ["10x", undefined],
    ["-5m", undefined],
  ];
  for (const [text, ms] of cases) assertEquals(parseDuration(text, 60_000), ms, text);
});

Deno.test("parseByteSize() reads sizes and nothing else", () => {
  const cases: [string, number | undefined][] = [
    ["2mb", 2_097_152],
    ["1.5 KB", 1536],
    ["100", 100],
    ["", undefined],
    ["much", undefined],
  ];
  for (const [text, bytes] of cases) assertEquals(parseByteSize(text), bytes, text);
});

Deno.test("resolveHeartbeats() is empty until configured, then follows the agents", () => {
  assertEquals(beats(undefined), []);
  assertEquals(beats({ defaults: {} }), []);
  assertEquals(beats({ defaults: { heartbeat: {} } }), [["main", 1_800_000]]);
  assertEquals(beats({ defaults: { heartbeat: { every: "0m" } } }), []);
  assertEquals(beats({ defaults: { heartbeat: { every: "10" } } }), [["main", 600_000]]);
  assertEquals(
    beats({
      defaults: { heartbeat: { every: "1h" } },
      list: [{ id: "main" }, { id: "Ops", heartbeat: {} }, { id: "x", heartbeat: { every: "0m" } }],
    }),
    [["ops", 3_600_000]],
  );
});

Deno.test("resolveHeartbeats() fills in defaults, the agent's own words first", () => {
  const [beat] = resolveHeartbeats({
    agents: {
      defaults: { heartbeat: { prompt: "common", ackMaxChars: 5 } },
      list: [{
        id: "ops",
        heartbeat: { prompt: "own", activeHours: { start: "8:00", end: "9:00" } },
      }],
    },
  }, "main");
  assertEquals([beat?.prompt, beat?.ackMaxChars, beat?.target], ["own", 5, "none"]);
  assertEquals(beat?.activeHours, { start: "8:00", end: "9:00", timeZone: undefined });
  assertEquals(wakeSettings({}, "main").ackMaxChars, 300);
});

Deno.test("resolveCron() fills in defaults", () => {
  const { isEnabled, maxConcurrentRuns, maxAttempts, sessionRetentionMs, failureAlert } =
    resolveCron({});
  assertEquals([isEnabled, maxConcurrentRuns, maxAttempts], [true, 1, 3]);
  assertEquals([sessionRetentionMs, failureAlert], [86_400_000, undefined]);
  const cron = resolveCron({
    cron: {
      sessionRetention: false,
      failureAlert: { after: 5, mode: "webhook", to: "https://example.com/x", other: 1 },
    },
  });
  assertEquals(cron.sessionRetentionMs, undefined);
  assertEquals(cron.failureAlert, { after: 5, mode: "webhook", to: "https://example.com/x" });
  assertEquals(resolveCron({ cron: { sessionRetention: "2d" } }).sessionRetentionMs, 172_800_000);
  const destination = { mode: "webhook", to: "https://example.com/f" };
  const more = resolveCron({
    cron: { runLog: { maxBytes: "1kb" }, failureDestination: destination },
  });
  assertEquals([more.keepBytes, more.failureWebhook], [1024, destination.to]);
  const off = resolveCron({ cron: { failureAlert: { enabled: false } } });
  assertEquals(off.failureAlert, undefined);
});
