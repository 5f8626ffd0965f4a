/**
 * The log file: opened on the first record, written in batches, rotated by size and by day.
 *
 * Several processes may append to one file. Each batch is whole lines written in append mode, and
 * before each batch it is checked that the open file still is the one with that name.
 *
 * @module
 */
import { dirname } from "@std/path";
import { type Clock, type Env, errorMessage } from "../../base/mod.ts";
import { nextLocalMidnight } from "../clock.ts";
import { ioError } from "../io_error.ts";
import { datedFile, logFolder, removeOldFiles, rotateParts } from "./paths.ts";

const BATCH_DELAY_MS = 20;
const MAX_PENDING_CHARS = 64 * 1024;
const RETRY_AFTER_MS = 60_000;
const KEPT_MS = 24 * 60 * 60 * 1000;

/** What a {@linkcode FileSink} works with. */
export interface FileSinkOptions {
  clock: Clock;
  env: Env;
  /** A fixed file; without one there is a file per local day. */
  file: string | undefined;
  /** Size at which a file becomes a rotated part. */
  maxFileBytes: number;
  /** Folder of the dated files, when not the usual one. */
  folder?: string;
  /** Told once per outage that the file cannot be written. */
  onFailure: (message: string) => void;
}

/** Appends lines to the log file; never throws. */
export class FileSink {
  readonly #options: FileSinkOptions;
  #pending: string[] = [];
  #pendingChars = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open: { file: Deno.FsFile; path: string; inode: number | null } | undefined;
  #path: string | undefined;
  #pathUntilMs = 0;
  #retryAt: number | undefined;
  #isTorn = false;
  #isClosed = false;

  constructor(options: FileSinkOptions) {
    this.#options = options;
  }

  /** The file that a record of now goes to; `undefined` when there is no usable folder. */
  get path(): string | undefined {
    try {
      return this.#resolvePath();
    } catch {
      // The next write reports it.
      return undefined;
    }
  }

  /** Takes a whole line, line feed included; it is on its way to disk within milliseconds. */
  append(line: string): void {
    if (this.#isClosed || this.#isResting()) return;
    this.#pending.push(line);
    this.#pendingChars += line.length;
    if (this.#pendingChars >= MAX_PENDING_CHARS) return this.flushSync();
    if (this.#timer !== undefined) return;
    const timer = setTimeout(() => this.flushSync(), BATCH_DELAY_MS);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  /** Writes everything taken so far. */
  flushSync(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const text = this.#pending.join("");
    this.#pending = [];
    this.#pendingChars = 0;
    try {
      this.#write(new TextEncoder().encode(this.#isTorn ? `\n${text}` : text));
      this.#retryAt = undefined;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Writes everything and closes the file; later lines are dropped. */
  close(): void {
    this.flushSync();
    this.#isClosed = true;
    this.#closeFile();
  }

  #isResting(): boolean {
    return this.#retryAt !== undefined && this.#options.clock.monotonic() < this.#retryAt;
  }

  #write(bytes: Uint8Array): void {
    const file = this.#openFor(bytes.length);
    let written = 0;
    while (written < bytes.length) {
      if (written > 0) this.#isTorn = true;
      written += file.writeSync(bytes.subarray(written));
    }
    this.#isTorn = false;
  }

  #openFor(byteCount: number): Deno.FsFile {
    const path = this.#resolvePath();
    const info = statOrUndefined(path);
    if (info !== undefined && info.size > 0 && info.size + byteCount > this.#options.maxFileBytes) {
      this.#closeFile();
      rotateParts(path);
    } else if (this.#open?.path === path && info !== undefined && info.ino === this.#open.inode) {
      return this.#open.file;
    }
    this.#closeFile();
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
    this.#open = { file, path, inode: file.statSync().ino };
    if (this.#options.file === undefined) {
      removeOldFiles(dirname(path), this.#options.clock.now() - KEPT_MS);
    }
    return file;
  }

  #resolvePath(): string {
    const { file, clock, env } = this.#options;
    if (file !== undefined) return file;
    const now = clock.now();
    // A clock set back by more than a day gets a new look as well.
    const isValid = now < this.#pathUntilMs && now >= this.#pathUntilMs - 2 * KEPT_MS;
    if (this.#path !== undefined && isValid) return this.#path;
    const folder = this.#options.folder ?? logFolder(env);
    this.#path = datedFile(folder, now, env);
    this.#pathUntilMs = nextLocalMidnight(now);
    return this.#path;
  }

  #fail(error: unknown): void {
    const isFirst = this.#retryAt === undefined;
    this.#retryAt = this.#options.clock.monotonic() + RETRY_AFTER_MS;
    const path = this.#options.file ?? this.#path;
    this.#closeFile();
    if (!isFirst) return;
    const failure = path === undefined ? error : ioError("write log", path, error);
    this.#options.onFailure(`${errorMessage(failure)}; log lines go to the console only`);
  }

  #closeFile(): void {
    this.#open?.file.close();
    this.#open = undefined;
  }
}

function statOrUndefined(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
