/**
 * Notices that files have changed, wherever they are and however they are written.
 *
 * Looks at what the paths lead to instead of asking the system for events: that sees renames, swapped
 * links, files that come and go and network folders alike, and does not wake up for the database that
 * is written in the same folder.
 *
 * @module
 */
import type { Clock } from "../../base/mod.ts";

/** Time between two looks while nothing changes. */
const IDLE_INTERVAL_MS = 500;
/** Time between two looks at files that have just changed. */
const BUSY_INTERVAL_MS = 50;

/** What a {@linkcode FileWatch} is told. */
export interface FileWatchOptions {
  readonly clock: Clock;
  /** Absolute paths, asked for at every look. */
  files(): readonly string[];
  /** Time for which the files must not change any more before the change counts. */
  quietMs(): number;
  /** Called once per change, never twice at a time; must not fail. */
  onChange(): Promise<void>;
  /** Time between two looks; half a second unless given. */
  readonly intervalMs?: number;
}

/** Looks at files until it is closed. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  /** The files as they were last seen; nothing at first, so that the first look counts as a change. */
  #seen = "";
  /** When they were last seen to change, on the monotonic clock; absent when that was handled. */
  #changedAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#lookIn(this.#intervalMs);
  }

  /** Ends the watch, and with it whatever it just does. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  get #intervalMs(): number {
    return this.#options.intervalMs ?? IDLE_INTERVAL_MS;
  }

  #lookIn(ms: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, ms);
  }

  async #look(): Promise<void> {
    const { clock, files, quietMs, onChange } = this.#options;
    const seen = await printOf(files());
    const now = clock.monotonic();
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#changedAt = now;
    }
    if (this.#changedAt !== undefined && now - this.#changedAt >= quietMs() && !this.#isClosed) {
      this.#changedAt = undefined;
      await onChange();
    }
    this.#lookIn(
      this.#changedAt === undefined
        ? this.#intervalMs
        : Math.min(BUSY_INTERVAL_MS, this.#intervalMs),
    );
  }
}

/** What tells one state of some files from another. */
async function printOf(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(printOfFile))).join("\n");
}

async function printOfFile(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtime, ctime } = await Deno.stat(path);
    return [path, dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch (error) {
    // A file that cannot be looked at is a state of its own; reading it says what is wrong.
    return `${path} ${error instanceof Error ? error.name : "?"}`;
  }
}
