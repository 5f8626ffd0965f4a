/**
 * The signals that end a gateway or let it start anew, noted from the process's very start.
 *
 * @module
 */
import type { TerminationSignal } from "../../platform/mod.ts";

/** Why a gateway ends. */
export interface EndSignal {
  readonly signal: TerminationSignal;
  /** Whether whoever sent it starts the gateway again. */
  readonly willRestart: boolean;
}

/** What a signal means to a gateway. */
export interface SignalJudge {
  /** `handled` when the gateway goes on, for it restarts by itself. */
  judge(signal: TerminationSignal): Promise<"end" | "end-for-restart" | "handled">;
  /** SIGUSR1 has come. */
  user(): void;
}

/** Where the signals come from; the platform in a real process. */
export interface SignalSources {
  onTermination(handler: (signal: TerminationSignal) => void): () => void;
  onUserSignal(handler: () => void): () => void;
}

/** Listens for signals; ended by {@linkcode EndSignals.stop}. */
export class EndSignals {
  /** Resolves with the first signal that means an end. */
  readonly first: Promise<EndSignal>;
  /** Told of every signal after that. */
  onRepeat: (signal: string) => void = () => {};
  /** Asked until a signal means an end; replaced as the gateway's life goes on. */
  judge: SignalJudge;
  readonly #end: (end: EndSignal) => void;
  readonly #stop: (() => void)[];
  #hasEnded = false;

  constructor(sources: SignalSources, judge: SignalJudge) {
    this.judge = judge;
    const { promise, resolve } = Promise.withResolvers<EndSignal>();
    this.first = promise;
    this.#end = resolve;
    this.#stop = [
      sources.onTermination((signal) => this.#take(signal)),
      // Taken from the start on: without a listener it would end the process.
      sources.onUserSignal(() => this.judge.user()),
    ];
  }

  stop(): void {
    for (const stop of this.#stop.splice(0)) stop();
  }

  #take(signal: TerminationSignal): void {
    if (this.#hasEnded) return this.onRepeat(signal);
    this.judge.judge(signal).then((verdict) => {
      if (verdict === "handled") return;
      if (this.#hasEnded) this.onRepeat(signal);
      else this.#endBy({ signal, willRestart: verdict === "end-for-restart" });
    });
  }

  #endBy(end: EndSignal): void {
    this.#hasEnded = true;
    this.#end(end);
  }
}
