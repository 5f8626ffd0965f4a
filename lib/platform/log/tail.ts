/**
 * The end of a log file, in pieces that can be followed.
 *
 * @module
 */
import { AppError, errorMessage, isObject, parseJsonOrUndefined } from "../../base/mod.ts";

/** A piece of a log file. */
export interface LogTail {
  readonly file: string;
  /** Byte that the next piece begins at. */
  readonly cursor: number;
  readonly size: number;
  /** Whole lines, oldest first. */
  readonly lines: string[];
  /** Lines after the wanted cursor were left out. */
  readonly truncated: boolean;
  /** The file is shorter than the wanted cursor: it was rotated since. */
  readonly reset: boolean;
}

/** Which piece is wanted. */
export interface LogTailQuery {
  /** Byte to go on from; the end of the file when absent. */
  readonly cursor?: number | undefined;
  /** Lines at most, the newest. */
  readonly limit: number;
  /** Bytes at most. */
  readonly maxBytes: number;
  /** Config of the gateway that is meant; what others have written to the same file is left out. */
  readonly configPath?: string | undefined;
}

const NEWLINE = 10;

/**
 * Reads whole lines: from `cursor` on, or the last ones. A missing file reads as an empty one.
 *
 * @throws {AppError} `IO_ERROR` when the file is there and cannot be read.
 */
export async function readLogTail(path: string, query: LogTailQuery): Promise<LogTail> {
  try {
    const file = await Deno.open(path, { read: true });
    try {
      return await readPiece(file, path, query);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { file: path, cursor: 0, size: 0, lines: [], truncated: false, reset: false };
    }
    throw new AppError("IO_ERROR", `Cannot read log "${path}": ${errorMessage(error)}`, {
      hint: `ls -l "${path}"`,
      cause: error,
    });
  }
}

async function readPiece(file: Deno.FsFile, path: string, query: LogTailQuery): Promise<LogTail> {
  const { size } = await file.stat();
  const isReset = query.cursor !== undefined && query.cursor > size;
  const wanted = isReset ? 0 : query.cursor ?? 0;
  const start = Math.max(wanted, size - query.maxBytes);
  const bytes = await readRange(file, start, size - start);
  // A line that is cut at the front is left out; one still being written at the end waits.
  const isCut = start > wanted;
  const from = isCut ? bytes.indexOf(NEWLINE) + 1 : 0;
  const to = bytes.lastIndexOf(NEWLINE) + 1;
  const text = new TextDecoder().decode(bytes.subarray(from, Math.max(from, to)));
  const { configPath } = query;
  const lines = text.split("\n").filter((line) =>
    line !== "" && (configPath === undefined || isOfGateway(line, configPath))
  );
  const shown = lines.slice(Math.max(0, lines.length - query.limit));
  const isShortened = query.cursor !== undefined && (isCut || shown.length < lines.length);
  return {
    file: path,
    cursor: start + to,
    size,
    lines: shown,
    truncated: isShortened,
    reset: isReset,
  };
}

/** Whether a line may come from the gateway with this config. */
function isOfGateway(line: string, configPath: string): boolean {
  const isNamed = line.includes('"configPath":');
  if (!isNamed || line.includes(`"configPath":${JSON.stringify(configPath)}`)) return true;
  const record = parseJsonOrUndefined(line);
  const meta = isObject(record) && isObject(record._meta) ? record._meta : {};
  return typeof meta.configPath !== "string" || meta.configPath === configPath;
}

async function readRange(file: Deno.FsFile, start: number, length: number): Promise<Uint8Array> {
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
