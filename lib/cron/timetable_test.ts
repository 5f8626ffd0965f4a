import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import type { CronSchedule } from "../protocol/mod.ts";
import { HOURLY_STAGGER_MS } from "./limits.ts";
import { createTimetable, parseAt } from "./timetable.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

async function timetable(schedule: CronSchedule, timeZone = "UTC", jobId = "job-1") {
  return await createTimetable(schedule, { jobId, timeZone });
}

/** The moments of an expression from one on, as ISO text to the minute. */
async function moments(expr: string, tz: string, from: string, count: number): Promise<string[]> {
  const { next } = await timetable({ kind: "cron", expr, tz, staggerMs: 0 });
  const found: string[] = [];
  for (let ms = Date.parse(from); found.length < count;) {
    ms = next(ms) ?? NaN;
    found.push(new Date(ms).toISOString().slice(0, 16));
  }
  return found;
}

Deno.test("an interval counts from its anchor, whenever it is asked", async () => {
  const { next } = await timetable({ kind: "every", everyMs: 7000, anchorMs: 1000 });
  assertEquals([next(0), next(1000), next(1001), next(8000), next(999_999)], [
    1000,
    8000,
    8000,
    15_000,
    1_002_000,
  ]);
});

Deno.test("a one-shot moment comes once; a date without offset is UTC", async () => {
  const { next } = await timetable({ kind: "at", at: "2026-01-02T03:04:05+01:00" });
  const at = Date.UTC(2026, 0, 2, 2, 4, 5);
  assertEquals([next(at - 1), next(at)], [at, undefined]);
  assertEquals(parseAt("2026-01-02 03:04"), Date.UTC(2026, 0, 2, 3, 4));
  assertEquals(parseAt("2026-01-02"), Date.UTC(2026, 0, 2));
  for (const text of ["", "tomorrow", "2026-13-01T00:00:00Z", "12:00"]) {
    await assertRejects(() => timetable({ kind: "at", at: text }), AppError, "ISO-8601", text);
  }
});

Deno.test("expressions skip no day when clocks go forward, and run once when they go back", async () => {
  // Berlin: 02:00 becomes 03:00 on 29 March; 03:00 becomes 02:00 on 25 October.
  assertEquals(await moments("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00Z", 3), [
    "2026-03-28T01:30",
    "2026-03-29T01:00",
    "2026-03-30T00:30",
  ]);
  assertEquals(await moments("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00Z", 3), [
    "2026-10-24T00:30",
    "2026-10-25T00:30",
    "2026-10-26T01:30",
  ]);
  // New York: 02:00 becomes 03:00 on 8 March; 02:00 becomes 01:00 on 1 November.
  assertEquals(await moments("30 2 * * *", "America/New_York", "2026-03-07T00:00Z", 3), [
    "2026-03-07T07:30",
    "2026-03-08T07:00",
    "2026-03-09T06:30",
  ]);
  assertEquals(await moments("30 1 * * *", "America/New_York", "2026-10-31T00:00Z", 3), [
    "2026-10-31T05:30",
    "2026-11-01T05:30",
    "2026-11-02T06:30",
  ]);
  assertEquals(await moments("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00Z", 5), [
    "2026-10-25T00:30",
    "2026-10-25T01:00",
    "2026-10-25T01:30",
    "2026-10-25T02:00",
    "2026-10-25T02:30",
  ]);
});

Deno.test("day of month and weekday are alternatives", async () => {
  assertEquals(await moments("0 9 13 * 5", "UTC", "2026-11-07T00:00Z", 3), [
    "2026-11-13T09:00",
    "2026-11-20T09:00",
    "2026-11-27T09:00",
  ]);
  assertEquals((await moments("0 9 15 * 5", "UTC", "2026-11-07T00:00Z", 3))[1], "2026-11-15T09:00");
});

/** One field of an expression: a list of `*`, numbers, ranges and steps. */
function matches(field: string, value: number): boolean {
  return field.split(",").some((part) => {
    const [range = "*", step = "1"] = part.split("/");
    const [low, high] = range === "*" ? [0, 59] : range.split("-").map(Number);
    const last = high ?? (part.includes("/") ? 59 : low!);
    const isIn = value >= low! && value <= last;
    return isIn && (value - (range === "*" ? 0 : low!)) % Number(step) === 0;
  });
}

/** All minutes of 2026 in a zone whose local time fits, found by looking at each of them. */
function bruteForce(expr: string, timeZone: string): number[] {
  const [minute, hour, day, month, weekday] = expr.split(" ") as [
    string,
    string,
    string,
    string,
    string,
  ];
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    minute: "numeric",
    hour: "numeric",
    day: "numeric",
    month: "numeric",
    weekday: "short",
  });
  const names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const found: number[] = [];
  // Offsets of zones are multiples of a quarter of an hour: one look answers for fifteen minutes.
  for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 15 * MINUTE) {
    const parts = Object.fromEntries(
      format.formatToParts(ms).map(({ type, value }) => [type, value]),
    );
    if (!matches(hour, Number(parts.hour)) || !matches(month, Number(parts.month))) continue;
    const isDay = matches(day, Number(parts.day));
    const isWeekday = matches(weekday, names.indexOf(parts.weekday ?? ""));
    const isEither = day !== "*" && weekday !== "*" ? isDay || isWeekday : isDay && isWeekday;
    for (let offset = 0; isEither && offset < 15; offset++) {
      if (matches(minute, Number(parts.minute) + offset)) found.push(ms + offset * MINUTE);
    }
  }
  return found;
}

// Hours that clocks skip or repeat have their own test: there a look at the clock is not the answer.
const YEAR: readonly (readonly [expr: string, timeZone: string])[] = [
  ["17 9 * * *", "Europe/Berlin"],
  ["0,20,40 6-8 * * 1-5", "America/New_York"],
  ["*/15 22 1,15 * *", "Asia/Kathmandu"],
  ["5 12 13 * 5", "Europe/Berlin"],
  ["30 23 29 2,3,10 *", "America/New_York"],
  ["59 23 31 12 *", "Pacific/Auckland"],
  ["*/7 * 25 10 *", "UTC"],
  ["45 8-20/4 * 3,11 0", "Australia/Lord_Howe"],
];

for (const [expr, tz] of YEAR) {
  Deno.test(`a year of "${expr}" in ${tz} is what the calendar says`, async () => {
    const expected = bruteForce(expr, tz);
    const { next } = await timetable({ kind: "cron", expr, tz, staggerMs: 0 });
    const found: number[] = [];
    let ms = next(Date.UTC(2026, 0, 1) - 1);
    while (ms !== undefined && ms < Date.UTC(2027, 0, 1)) {
      found.push(ms);
      ms = next(ms);
    }
    assert(expected.length > 0);
    assertEquals(
      found.map((at) => new Date(at).toISOString()),
      expected.map((at) => new Date(at).toISOString()),
    );
  });
}

Deno.test("jobs on the hour are spread by their id, always alike, unless they are exact", async () => {
  const hourly = { kind: "cron", expr: "0 * * * *", tz: "UTC" } as const;
  const offsets = new Set<number>();
  for (let index = 0; index < 20; index++) {
    const { next } = await timetable(hourly, "UTC", `job-${index}`);
    const first = next(DAY)!;
    assertEquals(next(first)! - first, 60 * MINUTE);
    assertEquals((await timetable(hourly, "UTC", `job-${index}`)).next(DAY), first);
    assert(first % (60 * MINUTE) < HOURLY_STAGGER_MS);
    offsets.add(first % (60 * MINUTE));
  }
  assert(offsets.size > 15, `${offsets.size}`);
  const exact = await timetable({ ...hourly, staggerMs: 0 });
  assertEquals(exact.next(DAY), DAY + 60 * MINUTE);
  const daily = await timetable({ kind: "cron", expr: "0 7 * * *" });
  assertEquals(daily.next(DAY), DAY + 7 * 60 * MINUTE);
});

Deno.test("a schedule that is none is refused with its reason", async () => {
  for (const expr of ["nonsense", "60 * * * *", "* * * *"]) {
    const error = await assertRejects(() => timetable({ kind: "cron", expr }), AppError);
    assertEquals(error.code, "CRON_JOB_INVALID");
    assert(error.message.includes(`"${expr}"`));
  }
  await assertRejects(
    () => timetable({ kind: "cron", expr: "0 7 * * *", tz: "Mars/Phobos" }),
    AppError,
    "Mars/Phobos",
  );
  const never = await timetable({ kind: "cron", expr: "0 0 31 2 *" });
  assertEquals(never.next(0), undefined);
});
