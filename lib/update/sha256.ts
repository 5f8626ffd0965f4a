/**
 * SHA-256 of files and streams of any size.
 *
 * @module
 */
import { ioError } from "../platform/mod.ts";

/** A checksum that grows. */
export interface Sha256 {
  add(bytes: Uint8Array): void;
  /** In hex; ends it. */
  end(): string;
}

/** Begins a checksum. */
export async function startSha256(): Promise<Sha256> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  return { add: (bytes) => void hash.update(bytes), end: () => hash.digest("hex") };
}

/**
 * The checksum of a file.
 *
 * @returns `undefined` when there is no such file.
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  try {
    const file = await Deno.open(path);
    try {
      const hash = await startSha256();
      const buffer = new Uint8Array(CHUNK_BYTES);
      while (true) {
        const read = await file.read(buffer);
        if (read === null) return hash.end();
        hash.add(buffer.subarray(0, read));
      }
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError("read", path, error);
  }
}

const CHUNK_BYTES = 1024 * 1024;

/** The checksum in the text of a `.sha256` file: alone, or before a file's name. */
export function parseChecksum(text: string): string | undefined {
  const word = text.trim().split(/\s/, 1)[0]?.toLowerCase() ?? "";
  return /^[0-9a-f]{64}$/.test(word) ? word : undefined;
}
