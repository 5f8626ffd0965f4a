/**
 * Passes an answer on, as it comes: events of a stream must not wait for their successors.
 *
 * @module
 */
import type { AnswerHead } from "./answer_head.ts";
import type { ByteSource } from "./byte_source.ts";
import { ChunkedReader } from "./chunked.ts";

/**
 * Passes on a head that is at the front of `source`, and its body.
 *
 * @returns Whether the answer came to its proper end.
 */
export async function passAnswer(
  head: AnswerHead,
  source: ByteSource,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean> {
  const { framing } = head;
  const reader = framing.kind === "chunked" ? new ChunkedReader() : undefined;
  let left = framing.kind === "length" ? framing.bytes : Infinity;
  let headBytes = head.bytes;
  while (true) {
    const { bytes } = source;
    const available = Math.min(bytes.length - headBytes, left);
    const taken = reader ? reader.take(bytes.subarray(headBytes), () => {}) : available;
    if (taken === undefined) return false;
    if (headBytes + taken > 0) await write(bytes.subarray(0, headBytes + taken));
    source.drop(headBytes + taken);
    headBytes = 0;
    left -= taken;
    if (left === 0 || reader?.isDone) return true;
    if (await source.fill() === null) return framing.kind === "untilEnd";
  }
}
