/**
 * Runs that webhooks begin: each request once, and the end of each reported, over restarts.
 *
 * @module
 */
import type { Run, RunOutcome, RunRequest } from "../../agents/mod.ts";
import { errorMessage, isObject, randomId } from "../../base/mod.ts";
import { mainSessionKey, type RunRecord } from "../../sessions/mod.ts";
import { tellSession } from "../heartbeat/tell.ts";
import type { GatewayState } from "../state.ts";
import type { HookTable, PendingReport } from "./hook_table.ts";
import { type HookEnd, reportOf } from "./report.ts";

/** A run to begin, once its id is known. */
export interface PlannedRun {
  readonly report: Omit<PendingReport, "runId">;
  /** Makes the request; may begin its session anew. */
  prepare(runId: string): Promise<RunRequest>;
}

/** Begins runs of webhooks and reports their ends; end it with {@linkcode HookRuns.close}. */
export class HookRuns {
  readonly #state: GatewayState;
  readonly #table: HookTable;
  /** Requests whose run is being begun, by fingerprint. */
  readonly #beginning = new Map<string, Promise<string>>();
  readonly #reports = new Set<Promise<void>>();

  constructor(state: GatewayState, table: HookTable) {
    this.#state = state;
    this.#table = table;
  }

  /**
   * Begins a run, or finds the one that the same request has begun.
   *
   * @param fingerprint Tells whether requests are the same; without one each has its own run.
   * @returns Its id, once its message is on disk.
   * @throws {AppError} What the run is refused with.
   */
  begin(plan: PlannedRun, fingerprint: string | undefined): Promise<string> {
    if (fingerprint === undefined) return this.#begin(plan, randomId(), undefined);
    const known = this.#beginning.get(fingerprint);
    if (known) return known;
    const begun = this.#repeatOrBegin(plan, fingerprint)
      .finally(() => this.#beginning.delete(fingerprint));
    this.#beginning.set(fingerprint, begun);
    return begun;
  }

  /**
   * Reports the ends of runs that an earlier process did not.
   *
   * @param left What it left; nothing begins until this is over.
   */
  async recover(left: readonly PendingReport[]): Promise<void> {
    const ended: [PendingReport, HookEnd][] = [];
    for (const report of left) {
      const run = this.#state.store.getRun(report.runId);
      // Without a run the request was never acknowledged.
      if (run === undefined) await this.#table.forget(report.runId);
      else if (run.status !== undefined) ended.push([report, endOfRecord(run)]);
    }
    // One turn of each agent tells of them all: the last of those that begin one.
    ended.sort(([a], [b]) => Number(a.wakeMode === "now") - Number(b.wakeMode === "now"));
    const last = new Map(ended.map(([report]) => [report.agentId, report]));
    for (const [report, end] of ended) {
      const isLast = last.get(report.agentId) === report;
      await this.#report(isLast ? report : { ...report, wakeMode: "next-heartbeat" }, end);
    }
  }

  /** Waits for the reports of runs under way, which somebody else ends. */
  async close(): Promise<void> {
    await Promise.all(this.#reports);
  }

  async #repeatOrBegin(plan: PlannedRun, fingerprint: string): Promise<string> {
    const repeated = this.#table.findRepeat(fingerprint, this.#state.clock.now());
    // An id without a run is of a process that died between the two.
    if (repeated !== undefined && this.#state.store.getRun(repeated)) return repeated;
    return await this.#begin(plan, repeated ?? randomId(), fingerprint);
  }

  /**
   * What the report takes is written ahead of the run or, as a rule, in the same commit: no run that was
   * acknowledged goes without.
   */
  async #begin(
    { report, prepare }: PlannedRun,
    runId: string,
    fingerprint: string | undefined,
  ): Promise<string> {
    const { clock, runs, log } = this.#state;
    const pending = { ...report, runId };
    const kept = this.#table.keep(pending, fingerprint, clock.now()).catch((error) => {
      log.error(`hook: repeats of run ${runId} are not recognised: ${errorMessage(error)}`);
    });
    let run: Run;
    try {
      run = await runs.start(await prepare(runId));
    } catch (error) {
      await kept;
      await this.#table.forget(runId).catch((failure) => {
        log.warn(`hook: cannot forget run ${runId}, which did not begin: ${errorMessage(failure)}`);
      });
      throw error;
    }
    await kept;
    this.#follow(run, pending);
    return runId;
  }

  #follow(run: Run, report: PendingReport): void {
    const reported = run.done.then((outcome) => {
      // The next start tells of what this stop has cut off, and can begin a turn about it.
      if (outcome.stopReason !== "shutdown") return this.#report(report, endOfOutcome(outcome));
    }).catch((error) => {
      this.#state.log.error(`hook: cannot report run ${run.runId}: ${errorMessage(error)}`);
    }).then(() => void this.#reports.delete(reported));
    this.#reports.add(reported);
  }

  async #report(report: PendingReport, end: HookEnd): Promise<void> {
    const state = this.#state;
    const { runId, agentId, wakeMode } = report;
    const text = reportOf(report, end);
    const settled = text === undefined ? this.#table.settle(runId) : Promise.all([
      tellSession(state, { agentId, sessionKey: mainSessionKey(agentId) }, {
        text: state.secrets.redaction.redact(text),
        mode: wakeMode,
        isUntrusted: true,
      }),
      // In the same commit as the event: it is told once.
      this.#table.settle(runId),
    ]);
    await settled;
    state.log.info(
      `hook: run ${runId} ${end.isOk ? "ended" : "failed"}` +
        (text === undefined ? "" : `; the main session of agent "${agentId}" is told`),
    );
  }
}

function endOfOutcome({ status, stopReason, error, result }: RunOutcome): HookEnd {
  return { isOk: status === "ok", stopReason, error: error?.message, text: result.text };
}

function endOfRecord({ status, stopReason, error, result }: RunRecord): HookEnd {
  const text = isObject(result) && typeof result.text === "string" ? result.text : "";
  return { isOk: status === "ok", stopReason, error, text };
}
