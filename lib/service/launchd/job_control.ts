/**
 * Brings a job into launchd and out of it.
 *
 * launchd works on after its command has returned: a job that was booted out is still there for a
 * while, and refuses to be loaded again until it is gone. So nothing is taken for done because a
 * command said so; launchd is looked at, and asked again, until the job is where it should be.
 *
 * @module
 */
import { AppError, delay } from "../../base/mod.ts";
import { pathExists } from "../../platform/mod.ts";
import { FINAL_KINDS, noDomain } from "./failures.ts";
import { closeToOthers } from "./files.ts";
import type { Launchctl, LaunchctlFailure, Sighting } from "./launchctl.ts";
import { isRunning, runsOf } from "./print.ts";

/** How long launchd is asked again; more than a job may take to end. */
const RETRY_BUDGET_MS = 40_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2000;
/** Calls without any answer before the rest of the budget is given up. */
const MAX_TIMEOUTS = 2;

/** Drives one job to where it should be. */
export class JobControl {
  /** Starts of the job when this object last asked for one; what ended before is not its failure. */
  runsBefore: number | undefined;
  readonly #launchctl: Launchctl;
  readonly #plist: string;
  readonly #wait: (ms: number) => Promise<void>;

  /** @param wait Lets time pass between two looks. */
  constructor(
    launchctl: Launchctl,
    plist: string,
    wait: (ms: number) => Promise<void> = delay,
  ) {
    this.#launchctl = launchctl;
    this.#plist = plist;
    this.#wait = wait;
  }

  /**
   * Whether launchd knows the job, and what about it.
   *
   * @throws {AppError} `SERVICE_MANAGER_UNAVAILABLE`, `SERVICE_CHECK_FAILED`
   */
  async look(): Promise<Sighting> {
    const seen = await this.#launchctl.look();
    if (seen.kind === "loaded" || seen.kind === "not-found") return seen;
    if (seen.kind === "no-domain") throw await this.#noDomain(seen.text);
    throw new AppError("SERVICE_CHECK_FAILED", `launchctl ${seen.verb} failed: ${seen.text}`, {
      hint: `launchctl print ${this.#launchctl.target}`,
      details: { kind: "generic" },
    });
  }

  /**
   * Brings the job to where it is loaded and started, whatever launchd says on the way.
   *
   * A loaded one is never taken out for that, so a restart cannot lose it.
   *
   * @param isForced Ends a running one first.
   * @throws {AppError} `code`, with the commands that a person runs instead.
   */
  async ensureStarted(code: string, isForced: boolean): Promise<void> {
    const verb = isForced ? "restart" : "start";
    await this.#assertDefined(code, verb);
    let failure: LaunchctlFailure | undefined;
    let timeouts = 0;
    for (const ms of retryDelays()) {
      const enabled = await this.#launchctl.enable();
      failure = await this.#step(isForced);
      if (failure === undefined) return;
      if (failure.isTimeout) timeouts++;
      // Whoever may not enable a job gets to know that rather than what follows from it.
      if (enabled.kind !== "done" && FINAL_KINDS.has(enabled.kind)) failure = enabled;
      if (FINAL_KINDS.has(failure.kind) || timeouts >= MAX_TIMEOUTS) break;
      await this.#wait(ms);
    }
    throw await this.#notStarted(code, verb, failure!);
  }

  /**
   * Takes the job out and waits until launchd has forgotten it.
   *
   * @throws {AppError} `code`, with the commands that a person runs instead.
   */
  async unload(code: string): Promise<void> {
    let failure: LaunchctlFailure | undefined;
    let isUnderWay = false;
    let timeouts = 0;
    for (const ms of retryDelays()) {
      if (!isUnderWay) {
        const outcome = await this.#launchctl.bootout();
        failure = outcome.kind === "done" ? undefined : outcome;
        // One that ends is not told twice.
        isUnderWay = outcome.kind === "done" || outcome.kind === "not-found";
        if (failure?.isTimeout) timeouts++;
        if (failure && FINAL_KINDS.has(failure.kind) || timeouts >= MAX_TIMEOUTS) break;
      }
      if ((await this.#launchctl.look()).kind === "not-found") return;
      await this.#wait(ms);
    }
    const { target } = this.#launchctl;
    const recovery = [this.#launchctl.spoken("bootout"), `launchctl kill SIGKILL ${target}`];
    throw this.failure(code, "stop", failure ?? STILL_THERE, recovery);
  }

  /** The refusal that follows from a call that launchd did not carry out. */
  failure(
    code: string,
    verb: string,
    failure: LaunchctlFailure,
    recovery: readonly string[],
  ): AppError {
    const what = `launchctl ${failure.verb} failed: ${failure.text}`;
    return new AppError(code, `Cannot ${verb} ${this.#launchctl.target}: ${what}`, {
      hint: recovery.join("\n"),
      details: { reason: failure.kind, kind: "generic" },
    });
  }

  /** One step towards a job that runs; answers with what kept it from being the last one. */
  async #step(isForced: boolean): Promise<LaunchctlFailure | undefined> {
    const seen = await this.#launchctl.look();
    if (seen.kind === "loaded") {
      const kicked = await this.#launchctl.kickstart(isForced);
      if (kicked.kind !== "done") return kicked;
      // One that ran already has not been started anew.
      this.runsBefore = !isForced && isRunning(seen.job) ? undefined : runsOf(seen.job);
      return undefined;
    }
    if (seen.kind !== "not-found") return seen;
    await closeToOthers(this.#plist);
    const loaded = await this.#launchctl.bootstrap();
    if (loaded.kind !== "done") return loaded;
    this.runsBefore = 0;
    // A definition of somebody else may not start by itself.
    const now = await this.#launchctl.look();
    if (now.kind === "loaded" && !isRunning(now.job)) await this.#launchctl.kickstart(false);
    return undefined;
  }

  async #notStarted(code: string, verb: string, failure: LaunchctlFailure): Promise<AppError> {
    const launchctl = this.#launchctl;
    if (failure.kind === "no-domain") return await this.#noDomain(failure.text);
    const isLoaded = (await launchctl.look()).kind === "loaded";
    const recovery = isLoaded
      ? [launchctl.spoken("kickstart -k")]
      : [launchctl.spoken("enable"), launchctl.spoken("bootstrap")];
    return this.failure(code, verb, failure, [...recovery, "openclaw gateway status --deep"]);
  }

  async #noDomain(detail: string): Promise<AppError> {
    const verb = await pathExists(this.#plist) ? "start" : "install";
    return noDomain(this.#launchctl.domain, detail, verb);
  }

  /** A job whose definition is gone can still be kicked, one that is not loaded either cannot. */
  async #assertDefined(code: string, verb: string): Promise<void> {
    if (await pathExists(this.#plist) || (await this.look()).kind === "loaded") return;
    throw new AppError(code, `Cannot ${verb} the gateway: there is no ${this.#plist}`, {
      hint: "openclaw gateway install",
      details: { kind: "install" },
    });
  }
}

const STILL_THERE: LaunchctlFailure = {
  kind: "other",
  verb: "bootout",
  text: `the job is still there after ${RETRY_BUDGET_MS / 1000}s`,
  isTimeout: false,
};

/** Pauses between two attempts, in milliseconds, growing until the budget is used up. */
function* retryDelays(): Generator<number> {
  let spent = 0;
  for (let ms = FIRST_RETRY_MS; spent < RETRY_BUDGET_MS; ms = Math.min(ms * 2, MAX_RETRY_MS)) {
    yield ms;
    spent += ms;
  }
}
