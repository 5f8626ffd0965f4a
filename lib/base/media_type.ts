/**
 * What bytes are, as far as their beginning tells.
 *
 * @module
 */

/** Beginnings that stand for one type; `.` is any byte. */
const SIGNATURES: readonly (readonly [beginning: string, type: string])[] = [
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  ["RIFF....WEBP", "image/webp"],
  ["....ftypheic", "image/heic"],
  ["....ftypheix", "image/heic"],
  ["....ftyphevc", "image/heic"],
  ["....ftypmif1", "image/heif"],
  ["....ftypmsf1", "image/heif"],
  ["%PDF-", "application/pdf"],
  ["PK\x03\x04", "application/zip"],
];

/** The media type of some bytes; `undefined` for what has no mark of its own, such as text. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  return SIGNATURES.find(([beginning]) => startsWith(bytes, beginning))?.[1];
}

function startsWith(bytes: Uint8Array, beginning: string): boolean {
  if (bytes.length < beginning.length) return false;
  for (let i = 0; i < beginning.length; i++) {
    if (beginning[i] !== "." && bytes[i] !== beginning.charCodeAt(i)) return false;
  }
  return true;
}
