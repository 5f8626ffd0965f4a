import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../../base/mod.ts";
import { type PeriodQuery, resolvePeriod } from "./period.ts";

const NOW = Date.UTC(2026, 2, 1, 3);
const DAY_MS = 86_400_000;

Deno.test("resolvePeriod() counts whole days back from today", () => {
  const period = resolvePeriod({ days: 2, mode: "utc" }, NOW);
  assertEquals(period, {
    startMs: Date.UTC(2026, 1, 28),
    endMs: Date.UTC(2026, 2, 2),
    startDate: "2026-02-28",
    endDate: "2026-03-01",
    days: 2,
    modifier: "+00:00",
  });
  assertEquals(resolvePeriod({ mode: "utc" }, NOW).days, 30);
  assertEquals(resolvePeriod({ range: "7d", mode: "utc" }, NOW).days, 7);
  assertEquals(resolvePeriod({ range: "all", mode: "utc" }, NOW).startDate, "1970-01-02");
});

Deno.test("resolvePeriod() begins days where the client's do", () => {
  const west = resolvePeriod({ days: 1, mode: "specific", utcOffset: "UTC-4:30" }, NOW);
  assertEquals([west.startDate, west.modifier], ["2026-02-28", "-04:30"]);
  assertEquals(west.startMs, Date.UTC(2026, 1, 28, 4, 30));
  assertEquals(west.endMs - west.startMs, DAY_MS);
  const east = resolvePeriod({ days: 1, utcOffset: "+5:30" }, NOW);
  assertEquals([east.startDate, east.startMs], ["2026-03-01", Date.UTC(2026, 1, 28, 18, 30)]);
  const local = resolvePeriod({ startDate: "2026-03-01", mode: "gateway" }, NOW + DAY_MS);
  assertEquals(local.startMs, new Date(2026, 2, 1).getTime());
  assertEquals(local.modifier, "localtime");
});

Deno.test("resolvePeriod() takes two dates, both included", () => {
  const period = resolvePeriod(
    { startDate: "2024-02-28", endDate: "2024-03-01", mode: "utc", days: 90 },
    NOW,
  );
  assertEquals([period.days, period.endMs], [3, Date.UTC(2024, 2, 2)]);
});

Deno.test("resolvePeriod() refuses what is no period", () => {
  const queries: PeriodQuery[] = [
    { startDate: "2026-02-30" },
    { endDate: "yesterday" },
    { startDate: "2026-02-02", endDate: "2026-02-01" },
    { range: "week" },
    { mode: "mars" },
    { mode: "specific" },
    { utcOffset: "UTC+15" },
    { utcOffset: "8" },
  ];
  for (const query of queries) {
    const error = assertThrows(() => resolvePeriod(query, NOW), AppError);
    assertEquals(error.code, "INVALID_REQUEST", JSON.stringify(query));
  }
});
