/**
 * Copies and removes transcripts a little at a time, so that a long one does not hold up everything
 * else. What a crash leaves half done belongs to no session and is removed by the next start.
 *
 * @module
 */
import type { Store } from "../store/mod.ts";
import type { MessageTable, Transcript } from "./message_table.ts";

/** Key of copies that are not whole yet. No session has such a key. */
export const COPYING_KEY = "copying:";
/** Key of transcripts that are being removed. */
const REMOVING_KEY = "removing:";
/** Messages in one transaction: some ten milliseconds. */
const SLICE_MESSAGES = 256;

/** Moves messages in slices, each of which is one transaction. */
export class LongTranscripts {
  readonly #database: Store;
  readonly #messages: MessageTable;

  constructor(database: Store, messages: MessageTable) {
    this.#database = database;
    this.#messages = messages;
  }

  /**
   * Copies part of a transcript, both positions inclusive, into one that belongs to no session yet.
   * Whoever takes it over looks whether the source is still there: then the copy is whole.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`; nothing is left of the copy then.
   */
  async copy(
    source: Pick<Transcript, "id">,
    range: { fromSeq: number; toSeq: number },
    now: number,
  ): Promise<Transcript> {
    const target = await this.#database.transact(() => this.#messages.begin(COPYING_KEY, now));
    return await this.orRemove(target, async () => {
      let after: number | undefined = range.fromSeq - 1;
      while (after !== undefined) {
        const from: number = after;
        after = await this.#database.transact(() =>
          this.#messages.copySlice(source, target, range, { after: from, limit: SLICE_MESSAGES })
        );
      }
      return target;
    });
  }

  /** Does something with a copy; when that fails, the copy is removed. */
  async orRemove<T>(copy: Pick<Transcript, "id">, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#database.transact(() => this.abandon(copy.id));
      await this.sweep();
      throw error;
    }
  }

  /** Takes a transcript from its session; belongs inside a transaction, {@linkcode sweep} behind it. */
  abandon(transcriptId: number): void {
    this.#messages.giveTo(transcriptId, REMOVING_KEY);
  }

  /** Removes what was abandoned; gone from the disk when this resolves. */
  async sweep(): Promise<void> {
    for (const { id } of this.#messages.transcriptsOf(REMOVING_KEY)) {
      while (await this.#database.transact(() => this.#messages.deleteSlice(id, SLICE_MESSAGES)));
    }
  }

  /** Removes what an earlier process left; called before anything is copied. */
  async recover(): Promise<void> {
    const halves = this.#messages.transcriptsOf(COPYING_KEY);
    if (halves.length > 0) {
      await this.#database.transact(() => halves.forEach(({ id }) => this.abandon(id)));
    }
    await this.sweep();
  }
}
