/**
 * What a connection has sent and nobody has taken yet.
 *
 * @module
 */

/** Room of a connection that is idle: most are, most of the time. */
const SMALL_BYTES = 2 * 1024;
/** Room while a connection sends as much as fits. */
const LARGE_BYTES = 64 * 1024;

/** Reads a connection into a buffer that grows with what comes and shrinks again. */
export class ByteSource {
  readonly #conn: Pick<Deno.Conn, "read">;
  #buffer = new Uint8Array(SMALL_BYTES);
  #start = 0;
  #end = 0;
  #wasFull = false;

  constructor(conn: Pick<Deno.Conn, "read">) {
    this.#conn = conn;
  }

  /** Bytes that wait; valid until the next {@linkcode ByteSource.fill}. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Takes bytes from the front. */
  drop(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  /**
   * Waits for more bytes behind those that wait.
   *
   * @returns Their number, or `null` at the end of the connection.
   * @throws When the connection is broken or closed, or more waits than there is room for.
   */
  async fill(): Promise<number | null> {
    this.#makeRoom();
    const room = this.#buffer.subarray(this.#end);
    if (room.length === 0) throw new RangeError("No room for more bytes");
    const count = await this.#conn.read(room);
    this.#wasFull = count === room.length;
    if (count !== null) this.#end += count;
    return count;
  }

  #makeRoom(): void {
    const waiting = this.#end - this.#start;
    const size = this.#buffer.length;
    const wanted = this.#wasFull || waiting === size
      ? Math.min(4 * size, LARGE_BYTES)
      : waiting === 0
      ? SMALL_BYTES
      : size;
    if (wanted === size && this.#start === 0) return;
    const target = wanted === size ? this.#buffer : new Uint8Array(wanted);
    target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = target;
    this.#start = 0;
    this.#end = waiting;
  }
}
