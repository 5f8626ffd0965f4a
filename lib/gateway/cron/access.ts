/**
 * The scheduler as the rest of the gateway sees it. It is loaded with the first job, or when somebody
 * asks for one.
 *
 * @module
 */
import { errorMessage } from "../../base/mod.ts";
import { resolveCron } from "../../config/mod.ts";
import type { CronService } from "../../cron/mod.ts";
import { hasCronWork, jobFileOf } from "../../cron/presence.ts";
import type { GatewayState } from "../state.ts";
import type { CronControl } from "./types.ts";

/** What a delivery gets to end by itself when the gateway stops. */
const DELIVERY_GRACE_MS = 1000;

/** Loads the scheduler when it is needed; end it with {@linkcode CronAccess.close}. */
export class CronAccess implements CronControl {
  readonly #state: () => GatewayState;
  #opened: Promise<CronService> | undefined;
  #service: CronService | undefined;
  #looking: Promise<void> = Promise.resolve();
  readonly #deliveries = new AbortController();
  #isClosed = false;

  /** @param state Asked for when something happens, not before the gateway is put together. */
  constructor(state: () => GatewayState) {
    this.#state = state;
  }

  /** Whether a job is being run now. */
  get isBusy(): boolean {
    return this.#service?.isBusy ?? false;
  }

  /** Number of jobs that are being run now. */
  get runningCount(): number {
    return this.#service?.runningCount ?? 0;
  }

  /** Whether the scheduler has been loaded. */
  get isLoaded(): boolean {
    return this.#opened !== undefined;
  }

  /** Ends what is still being delivered when the gateway stops. */
  get deliverySignal(): AbortSignal {
    return this.#deliveries.signal;
  }

  /** Begins to run jobs, if there are any; does not wait for it. */
  start(): void {
    this.#looking = this.#look().catch((error) => {
      this.#state().log.error(`cron: cannot start: ${errorMessage(error)}`);
    });
  }

  /**
   * The scheduler, started.
   *
   * @throws {AppError} What the store refuses with; the next call tries again.
   */
  service(): Promise<CronService> {
    this.#opened ??= this.#open().catch((error) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  /** Follows a changed configuration. */
  reload(): void {
    void this.#opened?.then((service) => service.reload()).catch((error) => {
      this.#state().log.error(`cron: cannot follow the configuration: ${errorMessage(error)}`);
    });
  }

  /** Begins no further runs and waits for those under way, which somebody else ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#looking;
    const stop = () => this.#deliveries.abort(new Error("the gateway is stopping"));
    const timer = setTimeout(stop, DELIVERY_GRACE_MS);
    try {
      await this.#service?.close();
    } finally {
      clearTimeout(timer);
    }
  }

  async #look(): Promise<void> {
    const { store } = this.#state();
    if (await hasCronWork(store.database, this.#jobFile()) && !this.#isClosed) await this.service();
  }

  async #open(): Promise<CronService> {
    const { openCron } = await import("./open.ts");
    const service = await openCron(this.#state(), this.#jobFile());
    this.#service = service;
    if (!this.#isClosed) await service.start();
    return service;
  }

  #jobFile(): string {
    const { config, paths } = this.#state();
    return resolveCron(config().config).store ?? jobFileOf(paths.stateDir);
  }
}
