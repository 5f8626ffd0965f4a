import { assert, assertEquals, assertThrows } from "@std/assert";
import type { RunListener } from "../../agents/mod.ts";
import { AppError, type Clock, silentLogger } from "../../base/mod.ts";
import { HeldTimers } from "../../base/testing.ts";
import { Restarter, type RestarterDeps, type RestartHost } from "./restarter.ts";

const NO_WORK = { runs: 0, compactions: 0, cronJobs: 0, nodeCommands: 0 };

/** Runs of which only the number and the ends matter. */
class FakeRuns {
  activeCount = 0;
  readonly #listeners = new Set<RunListener>();

  follow(listener: RunListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get followerCount(): number {
    return this.#listeners.size;
  }

  endOne(): void {
    this.activeCount--;
    const end = { type: "end" } as Parameters<RunListener>[0];
    for (const listener of this.#listeners) listener(end, undefined as never);
  }
}

class FakeHost implements RestartHost {
  readonly pid = 7;
  lastRestartAt: number | undefined;
  prepared = 0;
  /** Runs while the next start is planned. */
  whilePreparing = () => {};
  readonly #restarted = Promise.withResolvers<string>();

  get restarted(): Promise<string> {
    return this.#restarted.promise;
  }

  prepare(): Promise<void> {
    this.prepared++;
    this.whilePreparing();
    return Promise.resolve();
  }

  restart(reason: string): void {
    this.#restarted.resolve(reason);
  }
}

function create(over: Partial<RestarterDeps> = {}) {
  const runs = new FakeRuns();
  const host = new FakeHost();
  const clock: Clock = { now: () => 1000, monotonic: () => 1000 };
  const restarter = new Restarter({
    runs,
    host,
    clock,
    log: silentLogger,
    deferralTimeoutMs: () => 0,
    work: () => ({ ...NO_WORK, runs: runs.activeCount }),
    ...over,
  });
  return { runs, host, restarter };
}

Deno.test("request() restarts at once when nothing is under way", async () => {
  const { host, restarter, runs } = create();
  const answer = restarter.request({ reason: "test" });
  assertEquals([answer.ok, answer.status, answer.preflight.safe], [true, "scheduled", true]);
  assertEquals(answer.restart, {
    ok: true,
    pid: 7,
    signal: "none",
    delayMs: 0,
    reason: "test",
    mode: "in-process",
    coalesced: false,
    cooldownMsApplied: 0,
  });
  assertEquals(host.prepared, 0, "the caller is answered first");
  assertEquals(await host.restarted, "test");
  assertEquals([host.prepared, runs.followerCount], [1, 0]);
});

Deno.test("request() waits for the last run, and joins the restart that is planned", async () => {
  const { host, restarter, runs } = create();
  runs.activeCount = 2;
  const first = restarter.request({ reason: "first" });
  assertEquals([first.status, first.preflight.counts.totalActive], ["deferred", 2]);
  const second = restarter.request({ reason: "second" });
  assertEquals([second.status, second.restart.coalesced, second.restart.reason], [
    "coalesced",
    true,
    "first",
  ]);
  await waitFor(() => runs.followerCount === 1);
  runs.endOne();
  assertEquals(host.prepared, 0);
  runs.endOne();
  assertEquals(await host.restarted, "first");
});

Deno.test("request() waits again for a run that began while the next start was planned", async () => {
  const { host, restarter, runs } = create();
  host.whilePreparing = () => runs.activeCount = host.prepared === 1 ? 1 : 0;
  restarter.request({});
  await waitFor(() => host.prepared === 1);
  runs.endOne();
  await host.restarted;
  assertEquals(host.prepared, 2);
});

Deno.test("request() cuts runs off when told to, also later, and when its budget ends", async () => {
  const at = create();
  at.runs.activeCount = 1;
  assertEquals(at.restarter.request({ skipDeferral: true }).status, "scheduled");
  await at.host.restarted;

  const later = create();
  later.runs.activeCount = 1;
  later.restarter.request({});
  assertEquals(later.restarter.request({ skipDeferral: true }).status, "coalesced");
  await later.host.restarted;

  const late = create({ deferralTimeoutMs: () => 20 });
  late.runs.activeCount = 1;
  late.restarter.request({});
  await late.host.restarted;

  const own = create({ deferralTimeoutMs: () => 0 });
  own.runs.activeCount = 1;
  own.restarter.request({ budgetMs: 20 });
  await own.host.restarted;
});

Deno.test("request() goes on with the gateway when the next start cannot be planned", async () => {
  const lines: string[] = [];
  const log = { ...silentLogger, error: (text: string) => void lines.push(text) };
  const { host, restarter } = create({ log });
  host.whilePreparing = () => {
    throw new Error("no");
  };
  restarter.request({});
  await waitFor(() => lines.length === 1);
  assertEquals(lines, ["restart failed: no"]);
  host.whilePreparing = () => {};
  assertEquals(restarter.request({ reason: "again" }).status, "scheduled");
  assertEquals(await host.restarted, "again");
});

Deno.test("request() leaves time between two restarts", () => {
  const { host, restarter } = create();
  host.lastRestartAt = 1000 - 12_000;
  const { restart } = restarter.request({});
  assertEquals([restart.delayMs, restart.cooldownMsApplied], [18_000, 18_000]);
  restarter.close();
});

Deno.test("request() of somebody at the machine waits for no earlier restart", async () => {
  const { host, restarter } = create();
  host.lastRestartAt = 1000 - 12_000;
  assertEquals(restarter.request({ reason: "a client" }).restart.delayMs, 18_000);
  assertEquals(restarter.request({ skipCooldown: true }).status, "coalesced");
  assertEquals(await host.restarted, "a client");
});

Deno.test("request() is refused where nobody could start the gateway again", () => {
  const { restarter } = create({ host: undefined });
  const error = assertThrows(() => restarter.request({}), AppError);
  assertEquals(error.code, "NOT_SUPPORTED");
});

Deno.test("close() forgets what is planned, also when it is being prepared, and takes nothing more", async () => {
  const { host, restarter } = create();
  let isRestarted = false;
  host.restarted.then(() => isRestarted = true);
  host.whilePreparing = () => restarter.close();
  restarter.request({});
  await waitFor(() => host.prepared === 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(isRestarted, false);
  assertEquals(assertThrows(() => restarter.request({}), AppError).code, "GATEWAY_CLOSED");
});

Deno.test("preflight() tells what is under way", () => {
  const { restarter, runs } = create();
  assertEquals(restarter.preflight().summary, "safe to restart now");
  runs.activeCount = 2;
  const { safe, blockers, summary } = restarter.preflight();
  assertEquals([safe, summary], [false, "2 runs are under way"]);
  assertEquals(blockers, [{ kind: "embedded-run", count: 2, message: summary }]);
});

Deno.test("preflight() counts all work, and a restart waits for it", async () => {
  const work = { ...NO_WORK, compactions: 1, cronJobs: 2, nodeCommands: 1 };
  const { host, restarter } = create({ work: () => work });
  const { preflight, status } = restarter.request({ reason: "test" });
  assertEquals([preflight.safe, status], [false, "deferred"]);
  assertEquals(preflight.counts, {
    queueSize: 0,
    pendingReplies: 0,
    embeddedRuns: 0,
    activeTasks: 4,
    totalActive: 4,
  });
  assertEquals(
    preflight.summary,
    "1 compaction is under way; 2 cron jobs are under way; 1 command of a node is under way",
  );
  assertEquals(preflight.blockers.map(({ kind }) => kind), [
    "compaction",
    "cron-job",
    "node-invoke",
  ]);
  Object.assign(work, NO_WORK);
  assertEquals(await host.restarted, "test");
});

Deno.test("request() keeps its distance also to one that joins and does not want to wait", async () => {
  let now = 1000;
  const host = new FakeHost();
  host.lastRestartAt = 1000 - 100;
  using distance = new HeldTimers(29_900);
  const { restarter } = create({ host, clock: { now: () => now, monotonic: () => now } });
  restarter.request({});
  const { restart } = restarter.request({ skipDeferral: true });
  assertEquals([restart.coalesced, restart.delayMs], [true, 29_900]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(host.prepared, 0);
  now += 29_900;
  distance.fire();
  await host.restarted;
});

async function waitFor(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert(holds());
}

Deno.test("afterAnswer() lets nobody's answer be overtaken by the restart that it tells of", async () => {
  const { host, restarter } = create();
  let isRestarted = false;
  void host.restarted.then(() => isRestarted = true);
  const slow = Promise.withResolvers<void>();
  const answered = restarter.afterAnswer(async () => {
    restarter.request({ reason: "test" });
    await slow.promise;
    return isRestarted;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  slow.resolve();
  assertEquals(await answered, false);
  assertEquals(await host.restarted, "test");
});
