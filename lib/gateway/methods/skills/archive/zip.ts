/**
 * Reads ZIP archives from strangers: one entry at a time, never more than a limit in memory.
 *
 * Understood is what every packer writes: stored and deflated entries of up to 4 GiB. Encryption,
 * several volumes and ZIP64 are refused.
 *
 * @see PKWARE APPNOTE.TXT, .ZIP file format specification
 * @module
 */
import { AppError } from "../../../../base/mod.ts";

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
/** The directory is read as a whole. */
const MAX_DIRECTORY_BYTES = 4 * 1024 * 1024;
const ZIP64_MARK = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAG = 1;
/** Bits of the Unix mode that say what kind of file an entry is. */
const KIND_MASK = 0o170000;
const KIND_FILE = 0o100000;
const KIND_FOLDER = 0o040000;

/** Bounds of what an archive may hold. */
export interface ZipLimits {
  readonly maxEntries: number;
  /** Bytes of one unpacked entry. */
  readonly maxEntryBytes: number;
  /** Bytes of all unpacked entries. */
  readonly maxTotalBytes: number;
}

/** One entry, as the directory of the archive describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly method: number;
  readonly crc: number;
  /** Where its local header is. */
  readonly offset: number;
}

/** An archive in an open file; whoever opened the file closes it. */
export class ZipArchive {
  readonly entries: readonly ZipEntry[];
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile, entries: readonly ZipEntry[]) {
    this.#file = file;
    this.entries = entries;
  }

  /** Reads the directory. @throws {AppError} `ARCHIVE_INVALID` */
  static async open(file: Deno.FsFile, limits: ZipLimits): Promise<ZipArchive> {
    const { size } = await file.stat();
    const { count, offset, length } = await findDirectory(file, size);
    if (count > limits.maxEntries) throw invalid(`it has more than ${limits.maxEntries} entries`);
    if (length > MAX_DIRECTORY_BYTES) throw invalid("its directory is too large");
    if (offset + length > size) throw invalid("its directory is cut off");
    const entries = parseDirectory(await readAt(file, offset, length), count);
    let total = 0;
    for (const { name, bytes, compressedBytes } of entries) {
      total += bytes;
      if (Math.max(bytes, compressedBytes) > limits.maxEntryBytes) {
        throw invalid(`"${name}" is larger than ${limits.maxEntryBytes} bytes`);
      }
    }
    if (total > limits.maxTotalBytes) {
      throw invalid(`it unpacks to more than ${limits.maxTotalBytes} bytes`);
    }
    return new ZipArchive(file, entries);
  }

  /** Unpacks one entry. @throws {AppError} `ARCHIVE_INVALID` when it is not what the directory says. */
  async read(entry: ZipEntry): Promise<Uint8Array> {
    const local = new DataView((await readAt(this.#file, entry.offset, LOCAL_BYTES)).buffer);
    if (local.getUint32(0, true) !== LOCAL_SIGNATURE) {
      throw invalid(`"${entry.name}" has no header`);
    }
    const start = entry.offset + LOCAL_BYTES + local.getUint16(26, true) +
      local.getUint16(28, true);
    const packed = await readAt(this.#file, start, entry.compressedBytes);
    const bytes = entry.method === STORED ? packed : await inflate(packed, entry);
    if (bytes.length !== entry.bytes) {
      throw invalid(`"${entry.name}" has another size than it says`);
    }
    const { crc32 } = await import("node:zlib");
    if (crc32(bytes) !== entry.crc) throw invalid(`"${entry.name}" is damaged`);
    return bytes;
  }
}

async function findDirectory(file: Deno.FsFile, size: number) {
  const length = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = new DataView((await readAt(file, size - length, length)).buffer);
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + tail.getUint16(at + 20, true) !== length) continue;
    const [disk, count, total] = [4, 8, 10].map((place) => tail.getUint16(at + place, true));
    const [bytes, offset] = [12, 16].map((place) => tail.getUint32(at + place, true));
    if (disk !== 0 || count !== total) throw invalid("it has several volumes");
    if (offset === ZIP64_MARK || count === 0xffff) throw invalid("ZIP64 is not supported");
    return { count: count!, length: bytes!, offset: offset! };
  }
  throw invalid("it is no ZIP file");
}

function parseDirectory(directory: Uint8Array<ArrayBuffer>, count: number): ZipEntry[] {
  const view = new DataView(directory.buffer);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > directory.length) throw invalid("its directory is cut off");
    if (view.getUint32(at, true) !== CENTRAL_SIGNATURE) throw invalid("its directory is damaged");
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) =>
      view.getUint16(at + place, true)
    ) as [number, number, number];
    const nameEnd = at + CENTRAL_BYTES + nameBytes;
    if (nameEnd > directory.length) throw invalid("its directory is cut off");
    entries.push(parseEntry(view, at, directory.subarray(at + CENTRAL_BYTES, nameEnd)));
    at = nameEnd + extraBytes + commentBytes;
  }
  return entries;
}

function parseEntry(view: DataView, at: number, nameBytes: Uint8Array): ZipEntry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const [crc, compressedBytes, bytes, attributes, offset] = [16, 20, 24, 38, 42].map((place) =>
    view.getUint32(at + place, true)
  ) as [number, number, number, number, number];
  const name = decodeName(nameBytes);
  if ((flags & ENCRYPTED_FLAG) !== 0) throw invalid(`"${name}" is encrypted`);
  if (method !== STORED && method !== DEFLATED) throw invalid(`"${name}" is packed in another way`);
  if ([compressedBytes, bytes, offset].includes(ZIP64_MARK)) {
    throw invalid("ZIP64 is not supported");
  }
  const kind = attributes >>> 16 & KIND_MASK;
  if (kind !== 0 && kind !== KIND_FILE && kind !== KIND_FOLDER) {
    throw invalid(`"${name}" is a link or a device`);
  }
  const isFolder = name.endsWith("/") || kind === KIND_FOLDER;
  return { name, isFolder, compressedBytes, bytes, method, crc, offset };
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid("a name in it is no UTF-8");
  }
}

async function inflate(packed: Uint8Array, { name, bytes }: ZipEntry): Promise<Uint8Array> {
  const { inflateRawSync } = await import("node:zlib");
  try {
    // One byte more than it says: what does not end there is a bomb.
    return inflateRawSync(packed, { maxOutputLength: bytes + 1 });
  } catch (error) {
    throw invalid(`"${name}" cannot be unpacked`, error);
  }
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) throw invalid("it is cut off");
    filled += read;
  }
  return bytes;
}

/** The refusal of an archive; `why` goes on after "the archive cannot be used:". */
export function invalid(why: string, cause?: unknown): AppError {
  return new AppError("ARCHIVE_INVALID", `the archive cannot be used: ${why}`, {
    hint: "Pack the folder of the skill, with its SKILL.md, as a plain ZIP file",
    ...(cause === undefined ? {} : { cause }),
  });
}
