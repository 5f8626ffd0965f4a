/**
 * What the tests of this room share: time by hand with a timer, a store in a temporary folder, a
 * scheduler whose jobs do what the test says.
 *
 * @module
 */
import { type Clock, silentLogger } from "../base/mod.ts";
import type { CronEventPayload, CronRunEntry } from "../protocol/mod.ts";
import { Store } from "../store/mod.ts";
import type { NewJob } from "./job_spec.ts";
import { ONE_SHOT_BACKOFF_MS } from "./limits.ts";
import { CronService } from "./service.ts";
import type { CronDeps, CronExecution, CronOutcome, CronSettings } from "./types.ts";

/** An arbitrary moment that the tests count from: 2026-11-22T08:00:00Z. */
export const START = Date.UTC(2026, 10, 22, 8);

/** Rounds of the event loop in which nothing waits for the disk, after which nothing will. */
const QUIET_ROUNDS = 6;

/** Time that stands still until it is told to move, with the timers that wait for it. */
export class ManualTime implements Clock {
  ms = START;
  /** What a timer counts: it knows nothing of clocks that are set. */
  #elapsed = 0;
  readonly #timers = new Set<{ at: number; run: () => void }>();
  /** Writes that the disk has not answered yet. */
  pendingWrites: () => number = () => 0;

  now(): number {
    return this.ms;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** Calls `run` when the time has come. */
  later = (ms: number, run: () => void): () => void => {
    const timer = { at: this.#elapsed + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** How long until the next timer; nothing without one. */
  get wait(): number | undefined {
    const times = [...this.#timers].map(({ at }) => at - this.#elapsed);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Moves ahead, timer by timer, letting everything happen that they begin. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    while (true) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#move(next.at);
      next.run();
      await this.settle();
    }
    this.#move(end);
  }

  /** Lets work that is under way reach the disk, and what follows from it. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.pendingWrites() > 0) quiet = 0;
    }
  }

  /** Moves without any timer noticing, as a suspended machine or a clock that is set does. */
  jump(ms: number): void {
    this.ms += ms;
  }

  #move(elapsed: number): void {
    const step = Math.max(0, elapsed - this.#elapsed);
    this.#elapsed += step;
    this.ms += step;
  }
}

/** What a test is handed. */
export interface Bench {
  service: CronService;
  time: ManualTime;
  store: Store;
  stateDir: string;
  /** What was carried out, oldest first. */
  executions: CronExecution[];
  events: CronEventPayload[];
  alerts: CronRunEntry[];
  settings: { -readonly [Name in keyof CronSettings]: CronSettings[Name] };
  /** What a job does; it succeeds at once unless told otherwise. */
  act(execution: CronExecution): Promise<CronOutcome> | CronOutcome;
  /** Opens the scheduler again on the same store, as the next process would. */
  restart(): Promise<CronService>;
}

/** Runs `test` with a scheduler that has been started. */
export async function withCron(test: (bench: Bench) => Promise<void>): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "cron-test-" });
  const store = await Store.open(stateDir);
  const time = new ManualTime();
  time.pendingWrites = () => store.pendingWrites;
  const bench: Omit<Bench, "service"> & { service?: CronService } = {
    time,
    store,
    stateDir,
    executions: [],
    events: [],
    alerts: [],
    settings: {
      isEnabled: true,
      maxConcurrentRuns: 1,
      timeZone: "UTC",
      retry: { maxAttempts: 3, backoffMs: ONE_SHOT_BACKOFF_MS, retryOn: ["rate_limit"] },
      keepRuns: 100,
      keepBytes: 1_000_000,
    },
    act: () => ({ status: "ok", deliveryStatus: "not-requested" }),
    restart: () => open(),
  };
  const deps: CronDeps = {
    store,
    clock: time,
    log: silentLogger,
    settings: () => bench.settings,
    execute: async (execution) => {
      bench.executions.push(execution);
      return await bench.act(execution);
    },
    emit: (event) => void bench.events.push(event),
    alert: (_job, _alert, entry) => Promise.resolve(bench.alerts.push(entry) > 0),
    later: time.later,
  };
  async function open(): Promise<CronService> {
    const service = await CronService.open(deps);
    await service.start();
    bench.service = service;
    return service;
  }
  try {
    await open();
    await test(bench as Bench);
    await bench.service?.close();
  } finally {
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

/** A turn every minute, unless told otherwise. */
export function newJob(over: Partial<NewJob> = {}): NewJob {
  return {
    name: "check",
    schedule: { kind: "every", everyMs: 60_000 },
    payload: { kind: "agentTurn", message: "hi" },
    ...over,
  };
}

/** A one-shot event `ms` from the start. */
export function oneShot(ms: number, over: Partial<NewJob> = {}): NewJob {
  return newJob({
    name: "once",
    schedule: { kind: "at", at: new Date(START + ms).toISOString() },
    payload: { kind: "systemEvent", text: "now" },
    ...over,
  });
}
