/**
 * The inner end of a guarded connection: the server behind.
 *
 * @module
 */
import { ByteSource } from "./byte_source.ts";

/** One connection to the server behind. */
export class InnerSide {
  readonly source: ByteSource;
  readonly #conn: Deno.Conn;
  #isWritable = true;
  #isClosed = false;

  constructor(conn: Deno.Conn) {
    this.source = new ByteSource(conn);
    this.#conn = conn;
  }

  /**
   * Sends all bytes.
   *
   * @returns Whether the server takes more. One that has answered early does not, and its answer is
   * still to be read.
   */
  async write(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let rest = bytes; this.#isWritable && rest.length > 0;) {
        rest = rest.subarray(await this.#conn.write(rest));
      }
    } catch {
      // Closed by the server, or by this side while it waited: the other direction tells the reason.
      this.#isWritable = false;
    }
    return this.#isWritable;
  }

  /** Tells the server that the peer sends no more. */
  async endWriting(): Promise<void> {
    if (!this.#isWritable) return;
    this.#isWritable = false;
    // Not connected any more: the server knows already.
    await this.#conn.closeWrite().catch(() => {});
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isWritable = false;
    this.#conn.close();
  }
}
