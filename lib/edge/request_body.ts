/**
 * Passes a request body on, within its deadlines and in its framing.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import { ChunkedReader, encodeChunkSize } from "./chunked.ts";
import type { InnerSide } from "./inner_side.ts";
import type { EdgeLimits } from "./limits.ts";
import type { PeerSide } from "./peer_side.ts";
import type { RequestFraming } from "./request_head.ts";

/**
 * How the body ended: whole, because the peer is gone, too slow or writes nonsense, or because the
 * server behind takes no more.
 */
export type BodyEnding = "whole" | "gone" | "slow" | "malformed" | "unwanted";

/** What a body is passed on with. */
export interface BodyDeps {
  readonly peer: PeerSide;
  readonly limits: EdgeLimits;
  readonly clock: Clock;
  readonly inner: InnerSide;
}

const CRLF = new Uint8Array([0x0d, 0x0a]);

/** Passes on one body; returns at its end or at the first reason to give up. */
export async function passRequestBody(
  framing: RequestFraming,
  deps: BodyDeps,
): Promise<BodyEnding> {
  const pace = new Pace(deps);
  switch (framing.kind) {
    case "none":
      return "whole";
    case "length":
      return await passLength(framing.bytes, deps, pace);
    case "chunked":
      return await passChunked(deps, pace);
  }
}

async function passLength(bytes: number, deps: BodyDeps, pace: Pace): Promise<BodyEnding> {
  const { source } = deps.peer;
  let left = bytes;
  while (true) {
    const piece = source.bytes.subarray(0, left);
    if (!await deps.inner.write(piece)) return "unwanted";
    left -= piece.length;
    source.drop(piece.length);
    if (left === 0) return "whole";
    const trouble = await pace.fill();
    if (trouble) return trouble;
  }
}

async function passChunked(deps: BodyDeps, pace: Pace): Promise<BodyEnding> {
  const { source } = deps.peer;
  const reader = new ChunkedReader();
  while (true) {
    const pieces: Uint8Array[] = [];
    const taken = reader.take(source.bytes, (data) => {
      pieces.push(encodeChunkSize(data.length), data, CRLF);
    });
    if (taken === undefined) return "malformed";
    if (reader.isDone) pieces.push(encodeChunkSize(0), CRLF);
    if (!await deps.inner.write(joined(pieces))) return "unwanted";
    source.drop(taken);
    if (reader.isDone) return "whole";
    const trouble = await pace.fill();
    if (trouble) return trouble;
  }
}

/** Waits for the peer and judges its speed; the time that the server behind takes does not count. */
class Pace {
  readonly #deps: BodyDeps;
  #waitedMs = 0;
  #bytes = 0;

  constructor(deps: BodyDeps) {
    this.#deps = deps;
  }

  async fill(): Promise<"gone" | "slow" | undefined> {
    const { peer, limits, clock } = this.#deps;
    const startedAt = clock.monotonic();
    peer.readDeadline = startedAt + limits.bodyIdleMs;
    const count = await peer.source.fill();
    peer.readDeadline = Infinity;
    if (count === null) return "gone";
    this.#waitedMs += clock.monotonic() - startedAt;
    this.#bytes += count;
    const isSlow = this.#waitedMs > limits.bodyGraceMs &&
      this.#bytes < limits.minBodyRate * this.#waitedMs / 1000;
    return isSlow ? "slow" : undefined;
  }
}

/** Some byte arrays in one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
