import { assertEquals } from "@std/assert";
import type { CronRunEntry } from "../protocol/mod.ts";
import { Store } from "../store/mod.ts";
import { JobTable } from "./job_table.ts";
import { RunTable } from "./run_table.ts";

const DAY = 24 * 3_600_000;
const LIMITS = { keepRuns: 10_000, keepBytes: 1e9 };

function entry(jobId: string, ts: number): CronRunEntry {
  return { ts, jobId, action: "finished", status: "ok" } as CronRunEntry;
}

async function withStore(test: (store: Store) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cron-runs-test-" });
  const store = await Store.open(folder);
  try {
    await test(store);
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("RunTable finds runs by what they said, however it is written in their entry", async () => {
  await withStore(async (store) => {
    const runs = new RunTable(store.connection);
    const add = (more: Partial<CronRunEntry>) =>
      store.transact(() => runs.add({ ...entry("id-1", 1), ...more }, "Nightly", LIMITS));
    await add({ summary: 'says "100%"\nin C:\\temp' });
    await add({ error: "it failed", runId: "only-here" });
    const found = (query: string) => runs.list({ query }).total;
    assertEquals(found('"100%"'), 1);
    assertEquals(found("C:\\temp"), 1);
    assertEquals(found("IT FAILED"), 1);
    assertEquals([found("nightly"), found("id-1")], [2, 2]);
    assertEquals([found("only-here"), found("finished"), found("1000")], [0, 0, 0]);
  });
});

Deno.test("RunTable forgets the runs of a removed job after a month, and of no other", async () => {
  await withStore(async (store) => {
    const runs = new RunTable(store.connection);
    const add = (jobId: string, ts: number) =>
      store.transact(() => runs.add(entry(jobId, ts), "name", LIMITS));
    await store.transact(() => {
      const job = { id: "kept", state: {}, createdAtMs: 0 };
      new JobTable(store.connection).save(job as Parameters<JobTable["save"]>[0]);
    });
    for (const id of ["kept", "gone", "gone"]) await add(id, DAY);
    await add("gone", 5 * DAY);
    // Looked for now and then only.
    await Promise.all(Array.from({ length: 256 }, () => add("kept", 32 * DAY)));
    assertEquals(runs.list({ jobId: "gone" }).entries.map(({ ts }) => ts / DAY), [5]);
    assertEquals(runs.list({ jobId: "kept" }).total, 257);
  });
});
