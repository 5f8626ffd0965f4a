/**
 * One file out of an npm tarball.
 *
 * @module
 */

const BLOCK_BYTES = 512;

/** Unpacks gzip. */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream();
  return await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).bytes();
}

function readText(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, "");
}

/**
 * The content of one file of a tar archive (names of at most 255 bytes, as npm writes them).
 *
 * @throws {Error} When the archive is cut or has no such file.
 */
export function extractFile(tar: Uint8Array, path: string): Uint8Array {
  let at = 0;
  while (at + BLOCK_BYTES <= tar.length && tar[at] !== 0) {
    const prefix = readText(tar, at + 345, 155);
    const name = readText(tar, at, 100);
    const size = Number.parseInt(readText(tar, at + 124, 12).trim() || "0", 8);
    if (!Number.isSafeInteger(size)) throw new Error(`Cannot read tar: bad size at ${at}`);
    const start = at + BLOCK_BYTES;
    if ((prefix ? `${prefix}/${name}` : name) === path) {
      if (start + size > tar.length) throw new Error(`Cannot read tar: "${path}" is cut`);
      return tar.subarray(start, start + size);
    }
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new Error(`Cannot read tar: no file "${path}"`);
}
