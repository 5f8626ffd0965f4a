/**
 * Restarts that clients ask for: one at a time, after the work in flight, not too often.
 *
 * Decides when; how a gateway is ended and started again is known by its process.
 *
 * @module
 */
import type { RunManager } from "../../agents/mod.ts";
import { AppError, type Clock, errorMessage, formatDuration, type Logger } from "../../base/mod.ts";
import type { RestartPreflight, RestartResult } from "../../protocol/mod.ts";
import { restartPreflight, type WorkUnderWay } from "./preflight.ts";

/** How long a restart waits for work unless the configuration says otherwise. */
export const DEFAULT_DEFERRAL_MS = 300_000;
/** Least time between two restarts. */
const COOLDOWN_MS = 30_000;
const REPORT_INTERVAL_MS = 30_000;
/** Only runs tell that they end, so the wait looks again by itself. */
const LOOK_INTERVAL_MS = 500;
/** Timers fire at once when told to wait longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The process around a gateway, as far as it can start it again. */
export interface RestartHost {
  /** Of this process, for the answer. */
  readonly pid: number;
  /** When the process last began a restart, on the monotonic clock. */
  readonly lastRestartAt: number | undefined;
  /** Gets ready, while the gateway still works. */
  prepare(): Promise<void>;
  /** Ends the gateway and starts it again; called once. Must not wait before it ends new runs. */
  restart(reason: string): void;
}

/** What restarts are decided by. */
export interface RestarterDeps {
  readonly runs: Pick<RunManager, "follow">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent where nobody could start the gateway again. */
  readonly host: RestartHost | undefined;
  /** What a restart would cut off. */
  work(): WorkUnderWay;
  /** `gateway.reload.deferralTimeoutMs`; 0 and less mean without end. */
  deferralTimeoutMs(): number;
}

/** What a client asks for. */
export interface RestartRequest {
  readonly reason?: string | undefined;
  /** Cuts work off instead of waiting for it. */
  readonly skipDeferral?: boolean | undefined;
  /** Least time before it begins; none unless given. */
  readonly delayMs?: number | undefined;
  /** Whether somebody at the machine asks, who does not have to wait because of an earlier restart. */
  readonly skipCooldown?: boolean | undefined;
  /** How long work may take; the configured time unless given, 0 for without end. */
  readonly budgetMs?: number | undefined;
}

interface Pending {
  readonly reason: string;
  readonly since: number;
  /** When it may happen at the earliest, on the monotonic clock. */
  readonly notBefore: number;
  readonly budgetMs: number | undefined;
  isForced: boolean;
  isBusy: boolean;
  /** Whether its time has come, so that only work can hold it up. */
  hasBegun: boolean;
}

/** Decides when a gateway restarts; end it with {@linkcode Restarter.close}. */
export class Restarter {
  readonly #deps: RestarterDeps;
  #pending: Pending | undefined;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #stopFollowing = () => {};
  /** Answers under way that no restart may overtake. */
  #answering = 0;
  #isClosed = false;

  constructor(deps: RestarterDeps) {
    this.#deps = deps;
  }

  /** Whether the gateway goes on and somebody could start it again. */
  get canRestart(): boolean {
    return this.#deps.host !== undefined && !this.#isClosed;
  }

  /** What a restart would cut off now. */
  preflight(): RestartPreflight {
    return restartPreflight(this.#deps.work());
  }

  /**
   * Plans a restart, or joins the one that is planned.
   *
   * @throws {AppError} `NOT_SUPPORTED` where nobody could start the gateway again; `GATEWAY_CLOSED`
   * when it ends.
   */
  request(
    {
      reason = "requested",
      skipDeferral = false,
      skipCooldown = false,
      delayMs: leastMs = 0,
      budgetMs,
    }: RestartRequest,
  ): RestartResult {
    const { host, clock } = this.#deps;
    if (host === undefined) throw cannotRestart();
    if (this.#isClosed) throw stopping();
    const preflight = this.preflight();
    const pending = this.#pending;
    const now = clock.monotonic();
    const { lastRestartAt } = host;
    const cooledAt = lastRestartAt === undefined || skipCooldown
      ? now
      : lastRestartAt + COOLDOWN_MS;
    const notBefore = pending?.notBefore ?? Math.max(now + leastMs, cooledAt);
    const delayMs = Math.ceil(Math.max(0, notBefore - now));
    const cooldownMs = Math.ceil(Math.max(0, cooledAt - now));
    if (pending) this.#hasten(pending, { skipDeferral, skipCooldown }, delayMs);
    else this.#plan({ reason, since: now, notBefore, budgetMs, isForced: skipDeferral }, delayMs);
    const isNow = preflight.safe || skipDeferral;
    return {
      ok: true,
      status: pending ? "coalesced" : isNow ? "scheduled" : "deferred",
      preflight,
      restart: {
        ok: true,
        pid: host.pid,
        signal: "none",
        delayMs,
        reason: pending?.reason ?? reason,
        mode: "in-process",
        coalesced: pending !== undefined,
        cooldownMsApplied: cooldownMs,
      },
    };
  }

  #plan(planned: Omit<Pending, "isBusy" | "hasBegun">, delayMs: number): void {
    this.#pending = { ...planned, isBusy: false, hasBegun: false };
    // In a later task, so that the caller gets the answer first.
    this.#timers.push(setTimeout(() => this.#begin(), delayMs));
    const wait = delayMs > 0 ? `; waits ${delayMs}ms` : "";
    this.#deps.log.info(`restart requested: ${planned.reason}${wait}`);
  }

  /** Lets a planned restart come as early as another request for it wants. */
  #hasten(
    pending: Pending,
    { skipDeferral, skipCooldown }: { skipDeferral: boolean; skipCooldown: boolean },
    delayMs: number,
  ): void {
    if (skipDeferral && !pending.isForced) {
      pending.isForced = true;
      this.#timers.push(setTimeout(() => this.#look(), delayMs));
    }
    if (skipCooldown) this.#timers.push(setTimeout(() => this.#begin(), 0));
  }

  /**
   * Does what may ask for a restart and answers somebody about it: none begins before the answer is on
   * its way.
   */
  async afterAnswer<T>(work: () => Promise<T>): Promise<T> {
    this.#answering++;
    try {
      return await work();
    } finally {
      // In a later task: the caller sends what was returned first.
      setTimeout(() => {
        this.#answering--;
        if (this.#pending?.hasBegun) this.#look();
      }, 0);
    }
  }

  /** Forgets a planned restart and takes no further ones: the gateway ends. */
  close(): void {
    this.#isClosed = true;
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#stopFollowing();
  }

  /** The planned time has come: restarts, or waits for the work under way. */
  #begin(): void {
    if (this.#pending === undefined || this.#pending.hasBegun) return;
    const { runs, log } = this.#deps;
    const budgetMs = this.#pending.budgetMs ?? this.#deps.deferralTimeoutMs();
    this.#pending.hasBegun = true;
    this.#stopFollowing = runs.follow(({ type }) => {
      if (type === "end") this.#look();
    });
    this.#timers.push(setInterval(() => this.#look(), LOOK_INTERVAL_MS));
    this.#timers.push(setInterval(() => this.#report(), REPORT_INTERVAL_MS));
    if (budgetMs > 0) {
      this.#timers.push(setTimeout(() => this.#giveUpWaiting(), Math.min(budgetMs, MAX_TIMER_MS)));
    }
    if (!this.#isDue()) log.info(`restart waits: ${this.preflight().summary}`);
    this.#look();
  }

  #giveUpWaiting(): void {
    if (this.#pending === undefined) return;
    this.#deps.log.warn(`restart waits no longer: ${this.preflight().summary}`);
    this.#pending.isForced = true;
    this.#look();
  }

  #report(): void {
    if (this.#pending === undefined || this.#isDue()) return;
    const waited = formatDuration(this.#deps.clock.monotonic() - this.#pending.since);
    this.#deps.log.info(`restart still waits after ${waited}: ${this.preflight().summary}`);
  }

  #isDue(): boolean {
    return this.#pending !== undefined &&
      (this.#pending.isForced || this.preflight().safe);
  }

  #look(): void {
    const pending = this.#pending;
    if (pending === undefined || pending.isBusy || this.#answering > 0 || !this.#isDue()) return;
    pending.isBusy = true;
    this.#restart(pending).catch((error) => {
      this.#stopWaiting();
      this.#pending = undefined;
      this.#deps.log.error(`restart failed: ${errorMessage(error)}`);
    });
  }

  async #restart(pending: Pending): Promise<void> {
    const { host } = this.#deps;
    await host?.prepare();
    pending.isBusy = false;
    // Work may have begun meanwhile; the next look goes on.
    if (this.#isClosed || !this.#isDue()) return;
    this.#stopWaiting();
    host?.restart(pending.reason);
  }
}

function cannotRestart(): AppError {
  return new AppError("NOT_SUPPORTED", "This gateway cannot start itself again", {
    hint: "Stop it and run: openclaw gateway run",
  });
}

function stopping(): AppError {
  return new AppError("GATEWAY_CLOSED", "The gateway is stopping", {
    hint: "openclaw gateway status",
    retryable: true,
  });
}
