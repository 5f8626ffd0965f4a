/**
 * The end of the log file, in pieces a client can follow.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";
import {
  DEFAULT_LOG_BYTES,
  DEFAULT_LOG_LINES,
  type LogsTailResult,
} from "../protocol/mod.ts";

/** What part of the log is wanted. */
export interface LogTailQuery {
  /** Byte to go on from; the end of the file when absent. */
  cursor?: number | undefined;
  /** Lines at most, the newest. */
  limit?: number | undefined;
  /** Bytes at most. */
  maxBytes?: number | undefined;
}

/**
 * Reads whole lines of the log.
 *
 * @returns The lines and the cursor that the next call goes on from. `reset` says that the cursor was
 * behind the end of the file, which was rotated; `truncated` that lines before the first were left out.
 * @throws {AppError} `IO_ERROR` when the file cannot be read.
 */
export async function tailLog(
  file: string | undefined,
  { cursor, limit = DEFAULT_LOG_LINES, maxBytes = DEFAULT_LOG_BYTES }:
    LogTailQuery,
): Promise<LogsTailResult> {
  if (file === undefined) return { file: "", cursor: 0, size: 0, lines: [] };
  let handle: Deno.FsFile;
  try {
    handle = await Deno.open(file, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { file, cursor: 0, size: 0, lines: [] };
    }
    throw new AppError(
      "IO_ERROR",
      `Cannot read log "${file}": ${errorMessage(error)}`,
      {
        cause: error,
        hint: `ls -l "${file}"`,
      },
    );
  }
  try {
    return await readTail(handle, file, cursor, limit, maxBytes);
  } finally {
    handle.close();
  }
}

async function readTail(
  handle: Deno.FsFile,
  file: string,
  cursor: number | undefined,
  limit: number,
  maxBytes: number,
): Promise<LogsTailResult> {
  const { size } = await handle.stat();
  const isReset = cursor !== undefined && cursor > size;
  const wanted = cursor === undefined || isReset
    ? Math.max(0, size - maxBytes)
    : cursor;
  const start = Math.max(wanted, size - maxBytes);
  const bytes = await readRange(handle, start, size - start);
  // Only whole lines are given out: a first one that was cut and a last one still being written wait.
  const isCut = start > 0 && start !== cursor;
  const first = isCut ? bytes.indexOf(10) + 1 : 0;
  const end = bytes.lastIndexOf(10) + 1;
  const text = end > first
    ? new TextDecoder().decode(bytes.subarray(first, end))
    : "";
  const lines = text.split("\n").filter((line) => line !== "");
  const kept = lines.slice(-limit);
  const isTruncated = kept.length < lines.length ||
    (cursor !== undefined && start > wanted);
  return {
    file,
    cursor: start + end,
    size,
    lines: kept,
    ...(isTruncated ? { truncated: true } : {}),
    ...(isReset ? { reset: true } : {}),
  };
}

async function readRange(
  handle: Deno.FsFile,
  start: number,
  length: number,
): Promise<Uint8Array> {
  await handle.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await handle.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
