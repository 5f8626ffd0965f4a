import { assertEquals } from "@std/assert";
import { resolveMaintenance } from "./maintenance.ts";

const DAY_MS = 24 * 3_600_000;

Deno.test("resolveMaintenance() reads ages and falls back to thirty days and 500 sessions", () => {
  const cases: [pruneAfter: string | number | false | undefined, ms: number | undefined][] = [
    [undefined, 30 * DAY_MS],
    ["12h", DAY_MS / 2],
    [" 1.5 d ", 1.5 * DAY_MS],
    [7, 7 * DAY_MS],
    ["soon", 30 * DAY_MS],
    [false, undefined],
  ];
  for (const [pruneAfter, ms] of cases) {
    const maintenance = pruneAfter === undefined ? {} : { pruneAfter };
    assertEquals(resolveMaintenance({ session: { maintenance } }).pruneAfterMs, ms);
  }
  assertEquals(resolveMaintenance({}).maxEntries, 500);
  assertEquals(resolveMaintenance({}).mode, "enforce");
});
