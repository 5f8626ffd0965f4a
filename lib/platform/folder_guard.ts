/**
 * One gateway per state folder, whatever it was told about configuration and temporary folder.
 *
 * The kernel holds the guard for the life of its owner, so a crash leaves none behind.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, type Clock, delay } from "../base/mod.ts";
import { ensureDir } from "./fs.ts";
import { ioError } from "./io_error.ts";

const FILE_NAME = "gateway.guard";
const WAIT_MS = 5000;
const POLL_MS = 100;
const MAX_PID_BYTES = 16;

/** A guarded folder. */
export interface FolderGuard {
  /** Gives the folder free; further calls do nothing. */
  release(): void;
}

/**
 * Guards a folder against a second gateway, waiting for one that is about to leave.
 *
 * @throws {AppError} `GATEWAY_LOCKED` (details: `pid`), or what the file system answered.
 */
export async function guardFolder(
  folder: string,
  clock: Clock,
  waitMs = WAIT_MS,
): Promise<FolderGuard> {
  await ensureDir(folder);
  const path = join(folder, FILE_NAME);
  const file = open(path);
  const deadline = clock.monotonic() + waitMs;
  try {
    while (!file.tryLockSync(true)) {
      if (clock.monotonic() >= deadline) throw guarded(folder, file);
      await delay(POLL_MS);
    }
    file.truncateSync();
    file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  } catch (error) {
    file.close();
    throw error instanceof AppError ? error : ioError("lock", path, error);
  }
  let isReleased = false;
  return {
    release() {
      if (isReleased) return;
      isReleased = true;
      file.close();
    },
  };
}

function open(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw ioError("open", path, error);
  }
}

function guarded(folder: string, file: Deno.FsFile): AppError {
  const bytes = new Uint8Array(MAX_PID_BYTES);
  file.seekSync(0, Deno.SeekMode.Start);
  const pid = Number(new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0)).trim());
  const who = pid > 0 ? `gateway pid ${pid}` : "another gateway";
  return new AppError("GATEWAY_LOCKED", `Cannot use state folder "${folder}": ${who} runs on it`, {
    hint: "Stop that gateway, or give this one a folder of its own with OPENCLAW_STATE_DIR",
    retryable: true,
    ...(pid > 0 ? { details: { pid } } : {}),
  });
}
