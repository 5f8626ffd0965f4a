/**
 * A way for one connection of this process into a stream that is none of the system's: the runtime's
 * WebSocket can only dial addresses.
 *
 * The door is on loopback, lets a single connection in and is closed behind it. Whoever else of this
 * machine gets in first has a connection without credentials, and the owner's own fails.
 *
 * @module
 */

/** The two directions of a stream. */
export interface DuplexStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** An open door; close it when it is not needed any more. */
export interface LoopbackDoor {
  readonly port: number;
  /** Resolves when the connection has ended, or the door was closed; never rejects. */
  readonly ended: Promise<void>;
  /** Ends the connection and both directions of the stream. */
  close(): void;
}

/** How a door passes bytes on. */
export interface LoopbackDoorOptions {
  /** Changes the first bytes that come from inside: the head of a request. */
  readonly rewriteHead?: (head: string) => string;
  /** Waited for when the far side has ended, before the connection is told. */
  readonly beforeEnd?: () => Promise<void>;
}

/** Opens a door into `far`, which belongs to the door from now on. */
export function openLoopbackDoor(
  far: DuplexStream,
  { rewriteHead, beforeEnd = () => Promise.resolve() }: LoopbackDoorOptions = {},
): LoopbackDoor {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closing = new AbortController();
  const { signal } = closing;
  let isListening = true;
  const stopListening = () => {
    if (isListening) listener.close();
    isListening = false;
  };
  const pass = async () => {
    const conn = await listener.accept().catch(() => undefined);
    stopListening();
    if (conn === undefined) return await abandon(far);
    conn.setNoDelay(true);
    const options = { signal, preventCancel: false };
    const up = rewriteHead === undefined
      ? conn.readable
      : conn.readable.pipeThrough(headRewriter(rewriteHead));
    const outward = up.pipeTo(far.writable, options);
    const inward = far.readable.pipeTo(heldEnd(conn.writable, beforeEnd), options);
    await Promise.allSettled([outward, inward]);
    closeQuietly(conn);
  };
  const ended = pass();
  return {
    port: listener.addr.port,
    ended,
    close() {
      stopListening();
      closing.abort();
    },
  };
}

/** Nobody came: both directions end. */
async function abandon({ readable, writable }: DuplexStream): Promise<void> {
  await Promise.allSettled([readable.cancel(), writable.abort()]);
}

/** The same stream, whose end is put off until `beforeEnd` is over. */
function heldEnd(
  writable: WritableStream<Uint8Array>,
  beforeEnd: () => Promise<void>,
): WritableStream<Uint8Array> {
  const writer = writable.getWriter();
  return new WritableStream({
    write: (chunk) => writer.write(chunk),
    async close() {
      await beforeEnd();
      await writer.close();
    },
    async abort(reason) {
      await beforeEnd();
      await writer.abort(reason);
    },
  });
}

const MAX_HEAD_BYTES = 64 * 1024;

/** Passes everything on but the first head, which is changed. */
function headRewriter(
  rewrite: (head: string) => string,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let held: string | undefined = "";
  const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  return new TransformStream({
    transform(chunk, controller) {
      if (held === undefined) return controller.enqueue(chunk);
      held += String.fromCharCode(...chunk);
      const end = held.indexOf("\r\n\r\n") + 4;
      if (end < 4 && held.length < MAX_HEAD_BYTES) return;
      const size = end < 4 ? 0 : end;
      controller.enqueue(bytesOf(rewrite(held.slice(0, size)) + held.slice(size)));
      held = undefined;
    },
  });
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // The streams have closed it.
  }
}
