/**
 * The end of a log file on this machine, for when no gateway can be asked.
 *
 * @module
 */
import { AppError, errorMessage } from "../../base/mod.ts";
import type { LogChunk, LogQuery } from "./types.ts";

/**
 * Reads whole lines: from `cursor` on, or the last ones.
 *
 * @throws {AppError} `IO_ERROR` when the file is there and cannot be read.
 */
export async function readLogFile(path: string, query: LogQuery): Promise<LogChunk> {
  try {
    using file = await Deno.open(path, { read: true });
    return await readPiece(file, path, query);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { file: path, cursor: 0, size: 0, lines: [] };
    throw new AppError("IO_ERROR", `Cannot read log "${path}": ${errorMessage(error)}`, {
      hint: `ls -l "${path}"`,
      cause: error,
    });
  }
}

async function readPiece(file: Deno.FsFile, path: string, query: LogQuery): Promise<LogChunk> {
  const { size } = await file.stat();
  const reset = query.cursor !== undefined && query.cursor > size;
  const wanted = reset ? 0 : query.cursor ?? 0;
  const start = Math.max(wanted, size - query.maxBytes);
  const bytes = await readRange(file, start, size - start);
  const isCut = start > wanted;
  // A line that is cut at the front, or still being written at the end, is left for others.
  const from = isCut ? bytes.indexOf(NEWLINE) + 1 : 0;
  const to = bytes.lastIndexOf(NEWLINE) + 1;
  const text = new TextDecoder().decode(bytes.subarray(from, Math.max(from, to)));
  const lines = text.split("\n").filter((line) => line !== "");
  const shown = lines.slice(Math.max(0, lines.length - query.limit));
  const isShortened = query.cursor !== undefined && (isCut || shown.length < lines.length);
  return {
    file: path,
    cursor: start + to,
    size,
    lines: shown,
    ...(isShortened ? { truncated: true } : {}),
    ...(reset ? { reset: true } : {}),
  };
}

const NEWLINE = 10;

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
