/**
 * The one road by which a configuration comes into force while a gateway runs, whoever wrote it: read,
 * check, plan, apply. What is wrong is reported once and leaves everything as it is.
 *
 * @module
 */
import { type Clock, errorMessage, KeyedQueue, type Logger } from "../../base/mod.ts";
import type { ConfigSnapshot } from "../../config/mod.ts";
import type { RestartResult } from "../../protocol/mod.ts";
import type { RestartRequest } from "../restart/restarter.ts";
import { FileWatch } from "./file_watch.ts";
import { planReload, type ReloadPlan } from "./plan.ts";
import { type ConfigRejection, failedApply, rejectionOf } from "./rejection.ts";

/** Quiet time after the last write to a file, before that of `gateway.reload.debounceMs`. */
const WRITE_STABILITY_MS = 200;
const DEFAULT_DEBOUNCE_MS = 300;
/** A restart after a client's write waits, as its answer and more writes are on their way. */
const WRITE_RESTART_DELAY_MS = 2000;
const QUEUE_KEY = "config";

/** What the reloader works with. */
export interface ReloaderDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** The configuration in force; asked for at the first use, not before. */
  inForce(): ConfigSnapshot;
  /** Reads and checks the files as they are. */
  load(): Promise<ConfigSnapshot>;
  /** Looks up what it points to, or throws. */
  prepare?(snapshot: ConfigSnapshot): Promise<ConfigSnapshot>;
  /** Puts a configuration in force, or throws and changes nothing. */
  apply(snapshot: ConfigSnapshot): Promise<void>;
  /** Throws for what a gateway would not start with. */
  assertStartable?(snapshot: ConfigSnapshot): void;
  readonly restarter: {
    readonly canRestart: boolean;
    request(request: RestartRequest): RestartResult;
  };
  /** Keeps an accepted configuration for a start whose file is invalid. */
  keep?(snapshot: ConfigSnapshot): Promise<void>;
  /** What was refused before this gateway came up. */
  readonly rejected?: ConfigRejection | undefined;
}

/** What a configuration led to. */
export interface ReloadOutcome {
  readonly plan: ReloadPlan;
  /** The restart that was asked for. */
  readonly restart?: RestartResult;
}

/** Whether a file is to be followed again; in mode `off` that is all that is looked for in it. */
function turnsOn({ exists, valid, config }: ConfigSnapshot): boolean {
  return exists && valid && config.gateway?.reload?.mode !== "off";
}

/** Puts configurations in force; end it with {@linkcode ConfigReloader.close}. */
export class ConfigReloader {
  readonly #deps: ReloaderDeps;
  readonly #queue = new KeyedQueue();
  #watch: FileWatch | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #rejected: ConfigRejection | undefined;
  /** Files of the reading before; those of a refused one may be what is mended. */
  #files: readonly string[] = [];
  /** Of a configuration that waits for the restart, as it changes too much to come in before. */
  #awaited: string | undefined;

  constructor(deps: ReloaderDeps) {
    this.#deps = deps;
    this.#rejected = deps.rejected;
  }

  /** The file that does not come into force, as long as it is there. */
  get rejected(): ConfigRejection | undefined {
    return this.#rejected;
  }

  /** Begins to watch the files. */
  start(intervalMs?: number): void {
    this.#files = this.#deps.inForce().files;
    this.#keep(this.#deps.inForce());
    this.#watch = new FileWatch({
      clock: this.#deps.clock,
      files: () => this.#files,
      quietMs: () => WRITE_STABILITY_MS + (this.#settings.debounceMs ?? DEFAULT_DEBOUNCE_MS),
      onChange: () => this.look(),
      ...(intervalMs === undefined ? {} : { intervalMs }),
    });
  }

  async close(): Promise<void> {
    await this.#watch?.close();
    await this.exclusive(() => this.#keeping);
  }

  /** Lets nothing else read or write the configuration until `work` is done. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(QUEUE_KEY, work);
  }

  /** Looks at the files, and takes them over if they have changed for the good. Never fails. */
  look(): Promise<void> {
    return this.exclusive(() => this.#look()).catch((error) => {
      this.#deps.log.error(`config reload failed: ${errorMessage(error)}`);
    });
  }

  /**
   * Throws for what a gateway would not start with; a client is told before that is written.
   *
   * @throws {AppError}
   */
  assertStartable(snapshot: ConfigSnapshot): void {
    this.#deps.assertStartable?.(snapshot);
  }

  /**
   * Takes over what a client has written. Call it within {@linkcode ConfigReloader.exclusive}.
   *
   * @param restartDelayMs Least time before a restart that follows from it.
   */
  async acceptWrite(
    snapshot: ConfigSnapshot,
    restartDelayMs = WRITE_RESTART_DELAY_MS,
  ): Promise<ReloadOutcome> {
    const plan = await planReload(this.#deps.inForce(), snapshot);
    await this.#apply(snapshot, plan);
    const { restartPaths, changes } = plan;
    const isNeeded = restartPaths.length > 0 ||
      (this.#settings.mode === "restart" && changes.length > 0);
    if (!isNeeded) return { plan };
    const restart = this.#restart(plan, restartDelayMs);
    return { plan, ...(restart ? { restart } : {}) };
  }

  get #settings() {
    return this.#deps.inForce().config.gateway?.reload ?? {};
  }

  async #look(): Promise<void> {
    const { inForce, load, log, clock, prepare, assertStartable } = this.#deps;
    const found = await load();
    if (this.#settings.mode === "off" && !turnsOn(found)) return;
    this.#files = [...new Set([...found.files, ...inForce().files])];
    if (found.revision === inForce().revision) {
      if (this.#rejected) log.info("config: the file is again what is in force");
      this.#rejected = this.#awaited = undefined;
      return;
    }
    if ([this.#rejected?.revision, this.#awaited].includes(found.revision)) return;
    const rejection = rejectionOf(found, inForce(), clock);
    if (rejection) return this.#reject(rejection);
    try {
      const ready = prepare ? await prepare(found) : found;
      assertStartable?.(ready);
      await this.#accept(ready);
    } catch (error) {
      this.#reject(failedApply(found, error, clock));
    }
  }

  /** A file that was changed by hand. */
  async #accept(found: ConfigSnapshot): Promise<void> {
    const plan = await planReload(this.#deps.inForce(), found);
    const mode = found.config.gateway?.reload?.mode;
    const { canRestart } = this.#deps.restarter;
    if (mode === "restart" && plan.changes.length > 0 && canRestart) {
      this.#awaited = found.revision;
      this.#rejected = undefined;
      this.#keep(found);
      this.#restart(plan, 0);
      return;
    }
    await this.#apply(found, plan);
    if (plan.restartPaths.length === 0) return;
    if (mode === "hot") this.#warnOfNextStart(plan.restartPaths);
    else this.#restart(plan, 0);
  }

  async #apply(snapshot: ConfigSnapshot, { changes }: ReloadPlan): Promise<void> {
    await this.#deps.apply(snapshot);
    this.#files = snapshot.files;
    this.#rejected = this.#awaited = undefined;
    const list = changes.map(({ path }) => path).join(", ");
    this.#deps.log.info(`config changed: ${list || "comments only"}`);
    this.#keep(snapshot);
  }

  #restart({ restartPaths, changes }: ReloadPlan, delayMs: number): RestartResult | undefined {
    const paths = restartPaths.length > 0 ? restartPaths : changes.map(({ path }) => path);
    if (this.#deps.restarter.canRestart) {
      return this.#deps.restarter.request({ reason: `config: ${paths.join(", ")}`, delayMs });
    }
    this.#warnOfNextStart(paths);
    return undefined;
  }

  #warnOfNextStart(paths: readonly string[]): void {
    this.#deps.log.warn(`config: applies at the next start: ${paths.join(", ")}`);
  }

  #reject(rejection: ConfigRejection): void {
    this.#rejected = rejection;
    this.#deps.log.error(`config reload skipped (invalid config): ${rejection.message}`);
  }

  #keep(snapshot: ConfigSnapshot): void {
    const { keep, log } = this.#deps;
    this.#keeping = this.#keeping.then(() => keep?.(snapshot)).catch((error) => {
      log.warn(`the accepted config cannot be kept: ${errorMessage(error)}`);
    });
  }
}
