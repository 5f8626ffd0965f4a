/**
 * Work on sessions that no run may be under way for, such as a compaction.
 *
 * @module
 */
import { AppError, type KeyedQueue } from "../base/mod.ts";

interface Entry {
  readonly sessionKey: string;
  readonly controller: AbortController;
  readonly done: Promise<unknown>;
}

/** Stands in line with the runs of its session, and can be ended from outside. */
export class ExclusiveWork {
  readonly #queue: KeyedQueue;
  readonly #entries = new Set<Entry>();

  /** @param queue The line in which the runs of each session stand. */
  constructor(queue: KeyedQueue) {
    this.#queue = queue;
  }

  /** Number of works under way or in line. */
  get size(): number {
    return this.#entries.size;
  }

  /** Does `work` when it is its turn. @throws {AppError} What it was ended with, or what it throws. */
  async run<T>(sessionKey: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const done = this.#queue.run(sessionKey, async () => {
      controller.signal.throwIfAborted();
      return await work(controller.signal);
    });
    const entry = { sessionKey, controller, done };
    this.#entries.add(entry);
    try {
      return await done;
    } finally {
      this.#entries.delete(entry);
    }
  }

  /** Ends the work on a session and waits for its end; answers whether there was any. */
  async interrupt(sessionKey: string): Promise<boolean> {
    const own = [...this.#entries].filter((each) => each.sessionKey === sessionKey);
    await end(own, interrupted(sessionKey));
    return own.length > 0;
  }

  /** Ends all of it; resolves when it is over. */
  close(reason: AppError): Promise<void> {
    return end([...this.#entries], reason);
  }
}

async function end(entries: readonly Entry[], reason: AppError): Promise<void> {
  for (const { controller } of entries) controller.abort(reason);
  await Promise.allSettled(entries.map(({ done }) => done));
}

function interrupted(sessionKey: string): AppError {
  return new AppError("RUN_ABORTED", `Work on session "${sessionKey}" was ended from outside`, {
    hint: "openclaw gateway call sessions.describe",
    retryable: true,
  });
}
