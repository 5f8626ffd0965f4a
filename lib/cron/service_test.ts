import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { newJob, oneShot, START, withCron } from "./_testing.ts";
import { INTERRUPTED } from "./recovery.ts";
import type { CronOutcome } from "./types.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

Deno.test("CronService runs a job at its times, without drift", async () => {
  await withCron(async ({ service, time, executions }) => {
    const job = await service.add(newJob());
    assertEquals(job.state.nextRunAtMs, START + MINUTE);
    await time.advance(10 * MINUTE);
    const starts = executions.map(({ startedAt }) => startedAt - START);
    assertEquals(starts, Array.from({ length: 10 }, (_, index) => (index + 1) * MINUTE));
    assertEquals(service.runs({ jobId: job.id }).total, 10);
    assertEquals(service.get(job.id).state.lastRunStatus, "ok");
  });
});

Deno.test("CronService sleeps a minute at most, and not at all without jobs", async () => {
  await withCron(async ({ service, time }) => {
    assertEquals(time.wait, undefined);
    const { id } = await service.add(newJob({ schedule: { kind: "every", everyMs: HOUR } }));
    assertEquals(time.wait, MINUTE);
    await service.remove(id);
    assertEquals(time.wait, undefined);
  });
});

Deno.test("CronService runs a job once after a long sleep of the machine", async () => {
  await withCron(async ({ service, time, executions }) => {
    await service.add(newJob({ schedule: { kind: "every", everyMs: HOUR } }));
    time.jump(5 * HOUR + 1000);
    await time.advance(MINUTE);
    assertEquals(executions.length, 1);
    await time.advance(HOUR);
    assertEquals(executions.length, 2);
    assertEquals(executions[1]!.startedAt, START + 6 * HOUR);
  });
});

Deno.test("CronService works out all times again when the clock is put back", async () => {
  await withCron(async ({ service, time }) => {
    const { id } = await service.add(newJob());
    time.jump(100 * HOUR);
    await time.advance(MINUTE);
    time.jump(-90 * HOUR);
    await time.advance(3 * MINUTE);
    const { nextRunAtMs = 0 } = service.get(id).state;
    assert(nextRunAtMs - time.ms <= MINUTE, `${nextRunAtMs - time.ms}`);
  });
});

Deno.test("CronService lets no more jobs run at once than configured", async () => {
  await withCron(async (bench) => {
    const { service, time, executions, settings } = bench;
    const gates: (() => void)[] = [];
    bench.act = () => new Promise<CronOutcome>((done) => gates.push(() => done({ status: "ok" })));
    for (const name of ["a", "b", "c"]) await service.add(newJob({ name }));
    await time.advance(MINUTE);
    assertEquals(executions.length, 1);
    gates.shift()!();
    await bench.time.settle();
    await time.advance(1);
    assertEquals(executions.length, 2);
    settings.maxConcurrentRuns = 3;
    await service.reload();
    await time.advance(1);
    assertEquals(executions.map(({ job }) => job.name).sort(), ["a", "b", "c"]);
    assert(service.isBusy);
    for (const open of gates) open();
    await bench.time.settle();
    assert(!service.isBusy);
  });
});

Deno.test("runNow() answers once the run is on disk, and refuses a second one", async () => {
  await withCron(async (bench) => {
    const { service, store, events } = bench;
    const gate = Promise.withResolvers<CronOutcome>();
    bench.act = () => gate.promise;
    const { id } = await service.add(newJob());
    assertEquals(await service.runNow(id, "due"), { ok: true, ran: false, reason: "not-due" });
    const begun = await service.runNow(id, "force");
    assertEquals(begun, { ok: true, enqueued: true, runId: `manual:${id}:${START}:1` });
    const row = store.connection.get<{ state: string }>("SELECT state FROM cron_jobs");
    assertEquals(JSON.parse(row!.state).runningAtMs, START);
    assertEquals(await service.runNow(id, "force"), {
      ok: true,
      ran: false,
      reason: "already-running",
    });
    gate.resolve({ status: "ok", summary: "done", deliveryStatus: "delivered" });
    await bench.time.settle();
    assertEquals(events.map(({ action }) => action), ["added", "started", "finished"]);
    const { status, summary, delivered, nextRunAtMs } = events[2]!;
    assertEquals([status, summary, delivered, nextRunAtMs], ["ok", "done", true, START + MINUTE]);
    await assertRejects(
      () => service.runNow("nope", "force"),
      AppError,
      "cron job not found: nope",
    );
  });
});

Deno.test("a one-shot job goes when it has succeeded, or stays disabled", async () => {
  await withCron(async ({ service, time, events }) => {
    const gone = await service.add(oneShot(MINUTE));
    const kept = await service.add(oneShot(MINUTE, { deleteAfterRun: false }));
    await time.advance(2 * MINUTE);
    assertEquals(events.filter(({ action }) => action === "removed").map((e) => e.jobId), [
      gone.id,
    ]);
    const { enabled, state } = service.get(kept.id);
    assertEquals([enabled, state.nextRunAtMs, state.lastRunStatus], [false, undefined, "ok"]);
    assertEquals(service.runs({}).entries.map(({ jobName }) => jobName), ["once", "once"]);
  });
});

Deno.test("a one-shot job is tried again for what passes, and disabled for what does not", async () => {
  await withCron(async (bench) => {
    const { service, time, executions } = bench;
    bench.act = () => ({ status: "error", error: "slow down", errorKind: "rate_limit" });
    const limited = await service.add(oneShot(MINUTE));
    await time.advance(HOUR);
    const starts = executions.map(({ startedAt }) => (startedAt - START) / 1000);
    assertEquals(starts, [60, 90, 150, 450]);
    assertEquals(service.get(limited.id).enabled, false);
    assertEquals(service.get(limited.id).state.consecutiveErrors, 4);

    bench.act = () => ({ status: "error", error: "no such model" });
    const wrong = await service.add(oneShot(2 * HOUR));
    await service.runNow(wrong.id, "force");
    await bench.time.settle();
    assertEquals(service.get(wrong.id).state.nextRunAtMs, START + 2 * HOUR);
    await time.advance(2 * HOUR);
    assertEquals(service.get(wrong.id).enabled, false);
    assertEquals(service.get(wrong.id).state.lastError, "no such model");
  });
});

Deno.test("a recurring job waits longer with each failure in a row, and alerts are few", async () => {
  await withCron(async (bench) => {
    const { service, time, executions, alerts } = bench;
    bench.act = () => ({ status: "error", error: "broken" });
    const { id } = await service.add(
      newJob({ schedule: { kind: "every", everyMs: 10_000 }, failureAlert: { after: 3 } }),
    );
    await time.advance(3 * HOUR);
    const gaps = executions.slice(1, 8).map(({ startedAt }, index) =>
      (startedAt - executions[index]!.startedAt) / 1000
    );
    assertEquals(gaps, [30, 60, 300, 900, 3600, 3600]);
    assertEquals(alerts.length, 3);
    bench.act = () => ({ status: "ok" });
    await service.runNow(id, "force");
    await bench.time.settle();
    const { consecutiveErrors, lastError, nextRunAtMs = 0 } = service.get(id).state;
    assertEquals([consecutiveErrors, lastError], [0, undefined]);
    assert(nextRunAtMs - time.ms <= 10_000);
  });
});

Deno.test("a run that never ends is given up after its time", async () => {
  await withCron(async (bench) => {
    bench.act = () => new Promise(() => {});
    const payload = { kind: "agentTurn" as const, message: "m", timeoutSeconds: 1 };
    const { id } = await bench.service.add(newJob({ payload }));
    const real = setTimeout;
    using _timers = { [Symbol.dispose]: () => void (globalThis.setTimeout = real) };
    globalThis.setTimeout = ((run: () => void, ms = 0) =>
      real(run, ms > 1000 ? 0 : ms)) as typeof setTimeout;
    await bench.service.runNow(id, "force");
    await bench.time.settle();
    assertEquals(bench.service.get(id).state.lastError, "cron: job execution timed out");
  });
});

Deno.test("start() records a run that the last process did not end", async () => {
  await withCron(async (bench) => {
    const gate = Promise.withResolvers<CronOutcome>();
    bench.act = () => gate.promise;
    const first = bench.service;
    const every = await first.add(newJob());
    const once = await first.add(oneShot(HOUR));
    await first.runNow(every.id, "force");
    await first.runNow(once.id, "force");
    bench.time.jump(30_000);
    const service = await bench.restart();
    const { state, enabled } = service.get(every.id);
    assertEquals([enabled, state.runningAtMs, state.lastError], [true, undefined, INTERRUPTED]);
    assertEquals([state.lastRunStatus, state.consecutiveErrors], ["error", 1]);
    assertEquals(state.nextRunAtMs, START + MINUTE);
    assertEquals(service.get(once.id).enabled, false);
    const [entry] = service.runs({ jobId: once.id }).entries;
    assertEquals([entry!.status, entry!.error, entry!.durationMs], ["error", INTERRUPTED, 30_000]);
    gate.resolve({ status: "ok", isCutOff: true });
    await first.close();
  });
});

Deno.test("start() catches up with a few missed jobs, one after another", async () => {
  await withCron(async (bench) => {
    const { service, time, executions } = bench;
    const event = { payload: { kind: "systemEvent" as const, text: "e" } };
    for (let index = 0; index < 7; index++) {
      const everyMs = HOUR + index * 1000;
      await service.add(newJob({ ...event, schedule: { kind: "every", everyMs } }));
    }
    await service.add(oneShot(2 * HOUR));
    await service.add(oneShot(2 * HOUR + 1000));
    const turn = await service.add(oneShot(HOUR / 2, { payload: newJob().payload }));
    await service.close();
    time.jump(3 * HOUR + 5 * MINUTE);
    const restarted = await bench.restart();
    const now = time.ms;
    assertEquals(restarted.get(turn.id).state.nextRunAtMs, now + 2 * MINUTE);
    await time.advance(MINUTE);
    const delays = executions.map(({ startedAt }) => (startedAt - now) / 1000);
    assertEquals(delays, [5, 10, 15, 20, 25, 30, 35]);
    await time.advance(2 * MINUTE);
    assert(executions.some(({ job }) => job.id === turn.id));
  });
});

Deno.test("update() plans anew, clears and keeps; a change during a run counts", async () => {
  await withCron(async (bench) => {
    const { service } = bench;
    const { id } = await service.add(newJob({ agentId: "main", description: "d" }));
    const moved = await service.update(id, {
      schedule: { kind: "every", everyMs: HOUR },
      agentId: null,
      payload: { kind: "agentTurn", model: "fake/one" },
    });
    assertEquals(moved.state.nextRunAtMs, START + HOUR);
    assertEquals([moved.agentId, moved.description], [undefined, "d"]);
    assertEquals(moved.payload, { kind: "agentTurn", message: "hi", model: "fake/one" });
    const gate = Promise.withResolvers<CronOutcome>();
    bench.act = () => gate.promise;
    await service.runNow(id, "force");
    await service.update(id, { name: "renamed", enabled: false });
    gate.resolve({ status: "ok" });
    await bench.time.settle();
    const { name, enabled, state } = service.get(id);
    assertEquals([name, enabled, state.nextRunAtMs], ["renamed", false, undefined]);
    assertEquals(state.lastRunStatus, "ok");
  });
});

Deno.test("list() filters, sorts and pages", async () => {
  await withCron(async ({ service }) => {
    for (const [name, hours] of [["Beta", 3], ["alpha", 2], ["gamma", 1]] as const) {
      await service.add(newJob({ name, schedule: { kind: "every", everyMs: hours * HOUR } }));
    }
    const off = await service.add(newJob({ name: "off", enabled: false, agentId: "Ops" }));
    assertEquals(off.state.nextRunAtMs, undefined);
    const names = (query: Parameters<typeof service.list>[0]) =>
      service.list(query, "main").jobs.map(({ name }) => name);
    assertEquals(names({}), ["gamma", "alpha", "Beta"]);
    assertEquals(names({ sortBy: "name" }), ["alpha", "Beta", "gamma"]);
    assertEquals(names({ includeDisabled: true, sortDir: "desc" })[0], "off");
    assertEquals(names({ enabled: "disabled" }), ["off"]);
    assertEquals(names({ includeDisabled: true, query: "AL" }), ["alpha"]);
    assertEquals(names({ agentId: "main", limit: 1, offset: 1 }), ["alpha"]);
    const page = service.list({ limit: 2 }, "main");
    assertEquals([page.total, page.hasMore, page.nextOffset], [3, true, 2]);
  });
});

Deno.test("runs() keeps the newest of each job", async () => {
  await withCron(async ({ service, time, settings }) => {
    settings.keepRuns = 3;
    const { id } = await service.add(newJob());
    await time.advance(10 * MINUTE);
    const { entries, total } = service.runs({ jobId: id, sortDir: "asc" });
    assertEquals(total, 3);
    assertEquals(entries.map(({ runAtMs = 0 }) => (runAtMs - START) / MINUTE), [8, 9, 10]);
    settings.keepBytes = 1;
    await time.advance(MINUTE);
    assertEquals(service.runs({ jobId: id }).entries.map(({ runAtMs }) => runAtMs), [
      START + 11 * MINUTE,
    ]);
  });
});

Deno.test("nothing begins or counts that the disk did not take", async () => {
  await withCron(async ({ service, store, events, executions }) => {
    const { id } = await service.add(newJob());
    store.close();
    const refused = await assertRejects(() => service.runNow(id, "force"), AppError);
    assertEquals(refused.code, "STORE_WRITE_FAILED");
    await assertRejects(() => service.add(newJob()), AppError);
    await assertRejects(() => service.update(id, { name: "other" }), AppError);
    await assertRejects(() => service.remove(id), AppError);
    assertEquals([service.get(id).name, executions.length, service.isBusy], ["check", 0, false]);
    assertEquals(events.map(({ action }) => action), ["added"]);
  });
});

Deno.test("a run whose end the disk does not take does not begin again at once", async () => {
  await withCron(async (bench) => {
    const { service, store, time, executions } = bench;
    const gate = Promise.withResolvers<CronOutcome>();
    bench.act = () => gate.promise;
    const { id } = await service.add(newJob());
    await service.runNow(id, "force");
    store.close();
    gate.resolve({ status: "ok" });
    await bench.time.settle();
    assertEquals(service.isBusy, false);
    await time.advance(MINUTE);
    assertEquals(executions.length, 1);
    assertEquals(bench.events.map(({ action }) => action), ["added", "started"]);
  });
});

Deno.test("CronService runs no job that is removed or disabled as its time comes, and all others", async () => {
  await withCron(async ({ service, time, executions }) => {
    const removed = await service.add(newJob({ name: "removed" }));
    const disabled = await service.add(newJob({ name: "disabled" }));
    await service.add(newJob({ name: "stays" }));
    const changes = [service.remove(removed.id), service.update(disabled.id, { enabled: false })];
    await time.advance(MINUTE);
    await Promise.all(changes);
    await time.settle();
    assertEquals(executions.map(({ job }) => job.name), ["stays"]);
    assertEquals(service.get(disabled.id).state.runningAtMs, undefined);
  });
});
