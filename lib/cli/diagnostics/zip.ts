/**
 * Writes a ZIP archive: files stored as they are, which every tool can read.
 *
 * @see APPNOTE.TXT, the ZIP file format
 * @module
 */

/** One file of an archive. */
export interface ZipFile {
  /** With `/` between folders. */
  readonly path: string;
  readonly text: string;
}

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const LOCAL_BYTES = 30;
const DIRECTORY_BYTES = 46;
const END_BYTES = 22;
const VERSION_NEEDED = 20;
/** Made on Unix, so that the permission bits count. */
const MADE_BY = 0x0314;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const FILE_MODE = 0o100600;

/**
 * The bytes of an archive.
 *
 * @param date Of all files, in UTC; the format knows two-second steps since 1980.
 */
export async function buildZip(files: readonly ZipFile[], date: Date): Promise<Uint8Array> {
  const { crc32 } = await import("node:zlib");
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { path, text } of files) {
    const name = encoder.encode(path);
    const bytes = encoder.encode(text);
    const common = commonFields(crc32(bytes), bytes.length, name.length, date);
    const local = header(LOCAL_HEADER, LOCAL_BYTES, (view) => common(view, 4));
    const entry = header(DIRECTORY_HEADER, DIRECTORY_BYTES, (view) => {
      view.setUint16(4, MADE_BY, true);
      common(view, 6);
      view.setUint32(38, FILE_MODE * 0x10000, true);
      view.setUint32(42, offset, true);
    });
    parts.push(local, name, bytes);
    directory.push(entry, name);
    offset += local.length + name.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = header(END_OF_DIRECTORY, END_BYTES, (view) => {
    view.setUint16(8, files.length, true);
    view.setUint16(10, files.length, true);
    view.setUint32(12, size, true);
    view.setUint32(16, offset, true);
  });
  return joined([...parts, ...directory, end]);
}

/** Writes what both headers have in common, from `at` on. */
function commonFields(crc: number, size: number, nameLength: number, date: Date) {
  return (view: DataView, at: number): void => {
    view.setUint16(at, VERSION_NEEDED, true);
    view.setUint16(at + 2, FLAGS, true);
    view.setUint16(at + 6, dosTime(date), true);
    view.setUint16(at + 8, dosDate(date), true);
    view.setUint32(at + 10, crc, true);
    view.setUint32(at + 14, size, true);
    view.setUint32(at + 18, size, true);
    view.setUint16(at + 22, nameLength, true);
  };
}

function header(signature: number, length: number, fill: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, signature, true);
  fill(view);
  return new Uint8Array(view.buffer);
}

function dosTime(date: Date): number {
  return date.getUTCHours() << 11 | date.getUTCMinutes() << 5 | date.getUTCSeconds() >> 1;
}

function dosDate(date: Date): number {
  return Math.max(0, date.getUTCFullYear() - 1980) << 9 | (date.getUTCMonth() + 1) << 5 |
    date.getUTCDate();
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
