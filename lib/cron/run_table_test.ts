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

Deno.test("RunTable forgets the runs of a removed job after a month, and of no other", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cron-runs-test-" });
  const store = await Store.open(folder);
  try {
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
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
});
