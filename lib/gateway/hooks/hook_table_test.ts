import { assertEquals } from "@std/assert";
import { Store } from "../../store/mod.ts";
import { HookTable, type PendingReport, REPEAT_MS } from "./hook_table.ts";

function report(runId: string): PendingReport {
  return { runId, name: "CI", agentId: "main", deliver: true, wakeMode: "now" };
}

async function withTable(test: (table: HookTable, count: () => number) => Promise<void>) {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const store = await Store.open(stateDir);
  try {
    const count = () => store.connection.number("SELECT count(*) FROM hook_runs");
    await test(new HookTable(store), count);
  } finally {
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("findRepeat() finds the run of the same request for five minutes", async () => {
  await withTable(async (table) => {
    await table.keep(report("r1"), "same", 1000);
    await table.keep(report("r2"), undefined, 1000);
    await table.settle("r1");
    assertEquals(table.findRepeat("same", 1000 + REPEAT_MS - 1), "r1");
    assertEquals(table.findRepeat("same", 1000 + REPEAT_MS), undefined);
    assertEquals(table.findRepeat("other", 1000), undefined);
    await table.keep(report("r3"), "same", 1000 + REPEAT_MS);
    assertEquals(table.findRepeat("same", 1000 + REPEAT_MS), "r3");
    await table.forget("r3");
    assertEquals(table.findRepeat("same", 1000 + REPEAT_MS), undefined);
  });
});

Deno.test("pending() lists what has not been reported, however old", async () => {
  await withTable(async (table, count) => {
    assertEquals(table.pending(), []);
    await table.keep(report("r1"), undefined, 0);
    await table.keep(report("r2"), "same", 100 * REPEAT_MS);
    assertEquals(table.pending(), [report("r1"), report("r2")]);
    await table.settle("r1");
    assertEquals([table.pending(), count()], [[report("r2")], 1]);
    await table.settle("r2");
    assertEquals([table.pending(), count()], [[], 1]);
    await table.keep(report("r3"), undefined, 102 * REPEAT_MS);
    assertEquals(count(), 1);
  });
});

Deno.test("keep() remembers a thousand requests, and keeps the age of one that begins again", async () => {
  await withTable(async (table, count) => {
    const add = async (_: unknown, index: number) => {
      await table.keep(report(`r${index}`), `f${index}`, 1000);
      await table.settle(`r${index}`);
    };
    await Promise.all(Array.from({ length: 1005 }, add));
    await table.keep(report("last"), "last", 1000);
    assertEquals(count(), 1000);
    assertEquals([table.findRepeat("f0", 1000), table.findRepeat("f1004", 1000)], [
      undefined,
      "r1004",
    ]);
    await table.keep(report("last"), "last", 2000);
    assertEquals(table.findRepeat("last", 1000 + REPEAT_MS), undefined);
  });
});
