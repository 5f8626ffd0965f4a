/**
 * Brings the bytes of a release into a file, and refuses them when they are not the promised ones.
 *
 * @module
 */
import { AppError, formatBytes } from "../base/mod.ts";
import { ioError, type Network } from "../platform/mod.ts";
import { chunksOf, request } from "./address.ts";
import { MAX_PROGRAM_BYTES } from "./release_index.ts";
import { startSha256 } from "./sha256.ts";
import type { Release } from "./types.ts";

/** A download that stands still for this long is given up. */
const STALL_MS = 30_000;
const FILE_CHUNK_BYTES = 1024 * 1024;

/** How a release is fetched. */
export interface FetchOptions {
  readonly network: Network;
  readonly release: Release;
  /** The file to write; replaced when it is there. On disk when the fetch is over. */
  readonly path: string;
  /** Permissions of that file. */
  readonly mode: number;
  /** Ends the fetch. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((received: number, total: number | undefined) => void) | undefined;
}

/**
 * Writes the release to a file; whatever goes wrong, the caller removes what is there.
 *
 * @throws {AppError} `UPDATE_UNREACHABLE`, `UPDATE_CHECKSUM_MISMATCH`, or what the disk answered.
 */
export async function fetchRelease(options: FetchOptions): Promise<void> {
  const { release, path, mode, progress } = options;
  const hash = await startSha256();
  const limit = release.size ?? MAX_PROGRAM_BYTES;
  let received = 0;
  const file = await open(path, mode);
  try {
    for await (const chunk of bytesOf(options)) {
      received += chunk.length;
      if (received > limit) throw mismatch(release, `it is larger than ${formatBytes(limit)}`);
      hash.add(chunk);
      await write(file, path, chunk);
      progress?.(received, release.size);
    }
    if (release.size !== undefined && received !== release.size) {
      throw mismatch(release, `it has ${received} bytes instead of ${release.size}`);
    }
    const sha256 = hash.end();
    if (sha256 !== release.sha256) {
      throw mismatch(release, `its SHA-256 is ${sha256} instead of ${release.sha256}`);
    }
    try {
      await Deno.chmod(path, mode);
      await file.sync();
    } catch (error) {
      throw ioError("write", path, error);
    }
  } finally {
    file.close();
  }
}

async function open(path: string, mode: number): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, create: true, truncate: true, mode });
  } catch (error) {
    throw ioError("write", path, error);
  }
}

async function write(file: Deno.FsFile, path: string, chunk: Uint8Array): Promise<void> {
  try {
    let written = 0;
    while (written < chunk.length) written += await file.write(chunk.subarray(written));
  } catch (error) {
    throw ioError("write", path, error);
  }
}

function bytesOf(options: FetchOptions): AsyncGenerator<Uint8Array> {
  return options.release.kind === "url" ? downloaded(options) : copied(options.release.from);
}

async function* copied(path: string): AsyncGenerator<Uint8Array> {
  try {
    const file = await Deno.open(path);
    try {
      while (true) {
        const buffer = new Uint8Array(FILE_CHUNK_BYTES);
        const read = await file.read(buffer);
        if (read === null) return;
        yield buffer.subarray(0, read);
      }
    } finally {
      file.close();
    }
  } catch (error) {
    throw ioError("read", path, error);
  }
}

async function* downloaded(
  { network, release, signal }: FetchOptions,
): AsyncGenerator<Uint8Array> {
  const stall = new AbortController();
  const why = new Error(`nothing has come for ${STALL_MS / 1000} s`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const signals = signal === undefined ? [stall.signal] : [stall.signal, signal];
    const response = await request(network, release.from, AbortSignal.any(signals));
    timer = setTimeout(() => stall.abort(why), STALL_MS);
    for await (const chunk of chunksOf(response, release.from)) {
      yield chunk;
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(why), STALL_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}

function mismatch({ from }: Release, why: string): AppError {
  return new AppError("UPDATE_CHECKSUM_MISMATCH", `Cannot use "${from}": ${why}`, {
    hint: "The file is damaged, cut off, or another one: get it again, or tell who offers it",
    details: { from },
  });
}
