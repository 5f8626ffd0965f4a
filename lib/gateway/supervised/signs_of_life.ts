/**
 * What systemd is told about a gateway: that it starts, is ready, is alive, stops.
 *
 * The watchdog is fed only when the event loop came round and the store answered, so that a gateway
 * that hangs is ended and started again. Without systemd nothing happens.
 *
 * @module
 */
import type { SystemdNotifier } from "../../platform/mod.ts";

/** How much longer systemd shall wait each time for a start, in microseconds. */
const EXTENSION_MICROSECONDS = 60_000_000;
/** How often a start that takes long asks for more time. */
const EXTEND_EVERY_MS = 20_000;
/** Feedings within one interval of the watchdog. */
const FEEDINGS = 3;

/** Where the words go; {@linkcode SystemdNotifier} in a real process. */
export type ServiceNotifier = Pick<SystemdNotifier, "send" | "close" | "watchdogMs">;

/** Keeps a service manager informed; ended by {@linkcode SignsOfLife.close}. */
export class SignsOfLife {
  readonly #notifier: ServiceNotifier | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isAsking = false;

  /** @param notifier Absent without systemd. */
  constructor(notifier: ServiceNotifier | undefined) {
    this.#notifier = notifier;
  }

  /** Asks for patience while a start takes long, as the first one after an update may. */
  starting(): void {
    this.#repeat(EXTEND_EVERY_MS, () => {
      void this.#notifier?.send(`EXTEND_TIMEOUT_USEC=${EXTENSION_MICROSECONDS}`);
    });
  }

  /**
   * Says that the gateway serves, and feeds the watchdog from now on.
   *
   * @param storeAnswers Resolves when the store has answered, whatever it said.
   */
  async ready(status: string, storeAnswers: () => Promise<void>): Promise<void> {
    this.#stop();
    await this.#notifier?.send("READY=1", `STATUS=${oneLine(status)}`);
    const watchdogMs = this.#notifier?.watchdogMs;
    if (watchdogMs === undefined) return;
    this.#repeat(watchdogMs / FEEDINGS, () => void this.#feed(storeAnswers));
  }

  /** Says that the gateway ends, by itself or because it was asked to. */
  async stopping(): Promise<void> {
    this.#stop();
    await this.#notifier?.send("STOPPING=1", "STATUS=stopping");
  }

  close(): void {
    this.#stop();
    this.#notifier?.close();
  }

  async #feed(storeAnswers: () => Promise<void>): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      await storeAnswers();
      await this.#notifier?.send("WATCHDOG=1");
    } finally {
      this.#isAsking = false;
    }
  }

  #repeat(everyMs: number, work: () => void): void {
    this.#stop();
    if (this.#notifier !== undefined) this.#timer = setInterval(work, everyMs);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
