/**
 * Vectors: what of an answer is one, and how they get the length that was asked for.
 *
 * @module
 */
import { AppError, fromBase64 } from "../../base/mod.ts";
import { StreamFault } from "../faults.ts";

/**
 * The vector in a provider's answer: numbers, or base64 of numbers of 32 bits.
 *
 * @throws {StreamFault} `garbage`
 */
export function readVector(value: unknown): number[] {
  const vector = typeof value === "string" ? fromBase64Floats(value) : value;
  if (!Array.isArray(vector) || vector.length === 0) {
    throw new StreamFault("garbage", "answered with an embedding that is no list of numbers");
  }
  // What is finite here must be finite in 32 bits too, for that is how clients read it.
  if (!vector.every((item) => typeof item === "number" && Number.isFinite(Math.fround(item)))) {
    throw new StreamFault(
      "garbage",
      "answered with an embedding that has other than numbers in it",
    );
  }
  return vector;
}

/**
 * Checks that there is one vector per text and that all have one length.
 *
 * @throws {StreamFault} `garbage`
 */
export function checkVectors(vectors: readonly number[][], count: number): void {
  if (vectors.length !== count) {
    throw new StreamFault(
      "garbage",
      `answered with ${vectors.length} embeddings for ${count} texts`,
    );
  }
  if (vectors.some(({ length }) => length !== vectors[0]!.length)) {
    throw new StreamFault("garbage", "answered with embeddings of different lengths");
  }
}

/**
 * Cuts vectors to `dimensions`; the beginning of a longer one is itself an embedding where models are
 * made for it, and has length one again afterwards.
 *
 * @param backend `provider/model`, for the message.
 * @throws {AppError} `INVALID_REQUEST` when they are shorter.
 */
export function fitVectors(
  vectors: number[][],
  dimensions: number | undefined,
  backend: string,
): number[][] {
  const length = vectors[0]?.length ?? 0;
  if (dimensions === undefined || dimensions === length) return vectors;
  if (dimensions > length) {
    throw new AppError(
      "INVALID_REQUEST",
      `\`dimensions\` is ${dimensions}, but "${backend}" makes embeddings of ${length}`,
      { hint: `Ask for at most ${length}` },
    );
  }
  return vectors.map((vector) => normalize(vector.slice(0, dimensions)));
}

/** The vector of length one in the same direction; one without a direction stays as it is. */
export function normalize(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : [...vector];
}

function fromBase64Floats(text: string): number[] | undefined {
  const bytes = fromBase64(text);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
