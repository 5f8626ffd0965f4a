/**
 * A peer's connection with TLS, as the guard sees it: plain bytes on this side, and the power to cut
 * the other.
 *
 * @module
 */
import { ByteSource } from "./byte_source.ts";
import { encodeRefusal } from "./refusal.ts";
import type { TlsPassage, TlsTerminator } from "./tls_terminator.ts";

/** The first byte of a TLS connection: a record of the handshake. */
const HANDSHAKE_RECORD = 0x16;

const NOT_TLS = encodeRefusal({
  status: 400,
  code: "INVALID_REQUEST",
  message: "This port speaks TLS only: use https:// or wss://",
});

/** What the guard needs of a connection. */
export type PeerConn = Pick<
  Deno.Conn<Deno.NetAddr>,
  "remoteAddr" | "read" | "write" | "closeWrite" | "close"
>;

/** One connection, from the peer's bytes to what they mean. */
export class TlsPeerConn implements PeerConn {
  readonly remoteAddr: Deno.NetAddr;
  readonly #peer: Deno.TcpConn;
  readonly #passage: Promise<TlsPassage>;
  #open: TlsPassage | undefined;
  /** Ends when the peer has been sent everything. */
  #sent: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(peer: Deno.TcpConn, terminator: TlsTerminator) {
    this.remoteAddr = peer.remoteAddr;
    this.#peer = peer;
    this.#passage = this.#enter(terminator);
    // Whoever reads next is told; a connection that nobody reads any more has no one to tell.
    this.#passage.catch(() => {});
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const { plain } = await this.#passage;
    try {
      return await plain.read(buffer);
    } catch (error) {
      // The handshake failed: the peer is still to be sent the reason.
      await this.#sent;
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    const { plain } = await this.#passage;
    return await plain.write(bytes);
  }

  async closeWrite(): Promise<void> {
    const { plain } = await this.#passage;
    await plain.closeWrite();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#peer.close();
    if (this.#open) closeBoth(this.#open);
  }

  /** Waits for the peer's first bytes, so that one who says nothing costs nothing more. */
  async #enter(terminator: TlsTerminator): Promise<TlsPassage> {
    const source = new ByteSource(this.#peer);
    if (await source.fill() === null) throw new Deno.errors.UnexpectedEof("The peer has left");
    if (source.bytes[0] !== HANDSHAKE_RECORD) {
      await this.#peer.write(NOT_TLS);
      throw new Deno.errors.InvalidData("The peer speaks no TLS");
    }
    const passage = await terminator.open();
    this.#open = passage;
    if (this.#isClosed) {
      closeBoth(passage);
      throw new Deno.errors.Interrupted("The connection was cut");
    }
    this.#pass(source, passage.wire);
    this.#sent = this.#pass(new ByteSource(passage.wire), this.#peer);
    return passage;
  }

  /** Passes bytes on in one direction, and its end. */
  async #pass(source: ByteSource, to: Deno.TcpConn): Promise<void> {
    try {
      do {
        while (source.bytes.length > 0) source.drop(await to.write(source.bytes));
      } while (await source.fill() !== null);
      await to.closeWrite();
    } catch {
      // One of the two ends is gone, and so is what the connection was for.
      this.close();
    }
  }
}

function closeBoth({ wire, plain }: TlsPassage): void {
  wire.close();
  plain.close();
}
