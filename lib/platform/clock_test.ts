import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatLocalIso, isoNow, nextLocalMidnight, systemClock } from "./clock.ts";

/** Runs an expression on this module in a process that lives in another time zone. */
async function inZone(zone: string, expression: string): Promise<string> {
  const module = new URL("./clock.ts", import.meta.url).href;
  const code = `const m = await import(${JSON.stringify(module)}); console.log(${expression})`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    env: { TZ: zone },
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("formatLocalIso() writes local time with its offset", async () => {
  const ms = Date.UTC(2026, 10, 22, 8, 15, 2, 123);
  const zones = { "Europe/Berlin": "09:15:02.123+01:00", "Asia/Kolkata": "13:45:02.123+05:30" };
  for (const [zone, expected] of Object.entries(zones)) {
    assertEquals(await inZone(zone, `m.formatLocalIso(${ms})`), `2026-11-22T${expected}`);
  }
  assertEquals(
    await inZone("America/St_Johns", `m.formatLocalIso(${ms})`),
    "2026-11-22T04:45:02.123-03:30",
  );
});

Deno.test("formatLocalIso() names the same moment", () => {
  const ms = 1_780_000_000_123;
  assertEquals(Date.parse(formatLocalIso(ms)), ms);
  assertMatch(isoNow({ now: () => ms, monotonic: () => 0 }), /\.123[+-]\d\d:\d\d$/);
});

Deno.test("nextLocalMidnight() follows the calendar over a change of the clocks", async () => {
  const before = Date.UTC(2026, 9, 24, 23, 30);
  assertEquals(
    await inZone("Europe/Berlin", `m.nextLocalMidnight(${before})`),
    String(Date.UTC(2026, 9, 25, 23)),
  );
  const noon = new Date(2026, 0, 31, 12).getTime();
  assertEquals(nextLocalMidnight(noon), new Date(2026, 1, 1).getTime());
});

Deno.test("systemClock never goes back", () => {
  const first = systemClock.monotonic();
  assert(systemClock.monotonic() >= first);
  assert(systemClock.now() > 1_700_000_000_000);
});
