import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Store } from "../store/mod.ts";
import { START } from "./_testing.ts";
import { importCronFiles } from "./import.ts";
import { JobTable } from "./job_table.ts";
import { hasCronWork, jobFileOf } from "./presence.ts";
import { RunTable } from "./run_table.ts";

const clock = { now: () => START, monotonic: () => 0 };
const LIMITS = { keepRuns: 100, keepBytes: 10_000 };
const JOB = {
  id: "3b1c9a52-0000-4000-8000-000000000001",
  name: "brief",
  enabled: true,
  createdAtMs: START - 1000,
  schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
  sessionTarget: "isolated",
  wakeMode: "now",
  payload: { kind: "agentTurn", message: "m" },
  delivery: { mode: "announce" },
  state: {},
};
const PAST = {
  ...JOB,
  id: "past",
  schedule: { kind: "at", at: new Date(START - 500).toISOString() },
  sessionTarget: "main",
  payload: { kind: "systemEvent", text: "t" },
  delivery: undefined,
  futureField: 1,
};

async function withFiles(
  jobs: unknown,
  test: (store: Store, jobFile: string) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "cron-test-" });
  const store = await Store.open(stateDir);
  const jobFile = jobFileOf(stateDir);
  await Deno.mkdir(join(stateDir, "cron", "runs"), { recursive: true });
  await Deno.writeTextFile(
    jobFile,
    typeof jobs === "string" ? jobs : JSON.stringify({ version: 1, jobs }),
  );
  try {
    await test(store, jobFile);
  } finally {
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("importCronFiles() takes jobs, states and runs over once, and leaves the files", async () => {
  await withFiles([JOB, PAST, { id: "bad", name: "x" }, 7], async (store, jobFile) => {
    const folder = join(jobFile, "..");
    const state = { nextRunAtMs: START + 5, lastRunStatus: "ok", lastRunAtMs: 1, junk: {} };
    await Deno.writeTextFile(
      join(folder, "jobs-state.json"),
      JSON.stringify({ version: 1, jobs: { [JOB.id]: { updatedAtMs: 1, state } } }),
    );
    const run = { ts: 5, jobId: JOB.id, action: "finished", status: "ok", summary: "s" };
    const lines = `${JSON.stringify(run)}\nnot json\n${JSON.stringify({ ...run, ts: 6 })}\n`;
    await Deno.writeTextFile(join(folder, "runs", `${JOB.id}.jsonl`), lines);
    const before = await Deno.readTextFile(jobFile);

    assertEquals(await hasCronWork(store, jobFile), true);
    const result = await importCronFiles(jobFile, store, clock, LIMITS);
    assertEquals([result.jobs, result.runs], [2, 2]);
    assertEquals(result.unusable.map(({ what }) => what), ['job "bad"', "a job without id"]);
    const jobs = new JobTable(store.connection);
    const [first, second] = jobs.all();
    assertEquals([first!.id, first!.state.nextRunAtMs, first!.state.lastStatus], [
      JOB.id,
      START + 5,
      "ok",
    ]);
    assertEquals([second!.id, second!.deleteAfterRun, second!.state], ["past", true, {}]);
    assertEquals(new RunTable(store.connection).list({ jobId: JOB.id }).total, 2);
    assertEquals(await Deno.readTextFile(jobFile), before);

    await store.transact(() => jobs.delete(JOB.id));
    assertEquals((await importCronFiles(jobFile, store, clock, LIMITS)).jobs, 0);
    assertEquals(jobs.all().length, 1);
    await store.transact(() => jobs.delete("past"));
    assertEquals(await hasCronWork(store, jobFile), false);
  });
});

Deno.test("importCronFiles() tries a damaged file again at the next start", async () => {
  await withFiles("{ not json", async (store, jobFile) => {
    const { jobs, unusable } = await importCronFiles(jobFile, store, clock, LIMITS);
    assertEquals([jobs, unusable[0]!.what], [0, jobFile]);
    await Deno.writeTextFile(jobFile, JSON.stringify({ version: 1, jobs: [JOB] }));
    assertEquals((await importCronFiles(jobFile, store, clock, LIMITS)).jobs, 1);
  });
});
