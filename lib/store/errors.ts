/**
 * From what SQLite throws to failures with a stable code.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";
import { ioError } from "../platform/mod.ts";

/** Why SQLite refused, as far as someone acts on it. */
export type StoreFailure =
  | "full"
  | "corrupt"
  | "readonly"
  | "busy"
  | "io"
  | "cannot_open"
  | "other";

/** Primary result codes; the low byte of an extended one. */
const BY_CODE: Readonly<Record<number, StoreFailure>> = {
  5: "busy",
  6: "busy",
  8: "readonly",
  10: "io",
  11: "corrupt",
  13: "full",
  14: "cannot_open",
  26: "corrupt",
};

/** SQLite's own texts, for the calls that throw without a code. */
const BY_TEXT: readonly (readonly [string, StoreFailure])[] = [
  ["malformed", "corrupt"],
  ["not a database", "corrupt"],
  ["disk is full", "full"],
  ["readonly", "readonly"],
  ["is locked", "busy"],
  ["disk I/O error", "io"],
  ["unable to open", "cannot_open"],
];

const REASONS: Readonly<Record<StoreFailure, string>> = {
  full: "the disk is full",
  corrupt: "the file is damaged",
  readonly: "the file or its folder is read-only",
  busy: "another process is writing to it",
  io: "the disk reported an error",
  cannot_open: "the file or its folder cannot be written",
  other: "SQLite refused",
};

/** The kind of failure, or `undefined` when SQLite did not throw it. */
export function storeFailure(thrown: unknown): StoreFailure | undefined {
  if (!(thrown instanceof Error) || !isSqliteError(thrown)) return undefined;
  const { errcode } = thrown;
  const byCode = typeof errcode === "number" ? BY_CODE[errcode & 0xff] : undefined;
  return byCode ?? BY_TEXT.find(([text]) => thrown.message.includes(text))?.[1] ?? "other";
}

function isSqliteError(thrown: Error): thrown is Error & { errcode?: unknown } {
  return (thrown as Error & { code?: unknown }).code === "ERR_SQLITE_ERROR";
}

/** A failure while the store is opened: `STORE_CORRUPT`, or what the file system has to say. */
export function openError(path: string, thrown: unknown): AppError {
  const failure = storeFailure(thrown);
  if (failure === undefined) return ioError("open store", path, thrown);
  return fileError("open", path, failure, thrown);
}

/** A failure while reading; anything SQLite did not throw comes back as it is. */
export function readError(path: string, thrown: unknown): unknown {
  const failure = storeFailure(thrown);
  return failure === undefined ? thrown : fileError("read", path, failure, thrown);
}

function fileError(verb: string, path: string, failure: StoreFailure, thrown: unknown): AppError {
  const fail = (code: string, hint: string, retryable = false) =>
    new AppError(code, `Cannot ${verb} store "${path}": ${reason(failure, thrown)}`, {
      hint,
      retryable,
      cause: thrown,
      details: { path },
    });
  if (failure === "corrupt") return corruptError(path, thrown);
  if (failure === "full") return fail("DISK_FULL", "Free space on that disk, then try again", true);
  if (failure === "readonly" || failure === "cannot_open") {
    return fail("PERMISSION_DENIED", "Check who owns it and its mode with: ls -ld");
  }
  return fail("IO_ERROR", DISK_HINT, failure === "busy");
}

/** Where the reason of a failing disk is told. */
const DISK_HINT = "Look at the disk and at the system's log, then try again";

/** The store's pages contradict each other, or the file was never a store. */
export function corruptError(path: string, thrown: unknown): AppError {
  return new AppError("STORE_CORRUPT", `Cannot use store "${path}": the file is damaged`, {
    hint: `Save what can be read: sqlite3 "${path}" .recover | sqlite3 "${path}.new", ` +
      "then put the new file in the place of the old one",
    cause: thrown,
    details: { path },
  });
}

/**
 * A failure while writing: `STORE_CORRUPT` or `STORE_WRITE_FAILED`. Anything SQLite did not throw
 * comes back as it is.
 */
export function writeError(path: string, thrown: unknown): unknown {
  const failure = storeFailure(thrown);
  if (failure === undefined) return thrown;
  if (failure === "corrupt") return corruptError(path, thrown);
  return new AppError(
    "STORE_WRITE_FAILED",
    `Cannot write store "${path}": ${reason(failure, thrown)}`,
    {
      hint: failure === "full" ? "Free space on that disk, then try again" : DISK_HINT,
      retryable: failure !== "other",
      cause: thrown,
      details: { path, reason: failure },
    },
  );
}

/** A commit of which the disk does not say whether it keeps it. */
export function syncError(path: string, thrown: unknown): AppError {
  return new AppError("STORE_WRITE_FAILED", `Cannot write store "${path}": ${REASONS.io}`, {
    hint: DISK_HINT,
    retryable: true,
    cause: thrown,
    details: { path, reason: "io" },
  });
}

/** A write after the store was closed. */
export function closedError(path: string): AppError {
  return new AppError("STORE_WRITE_FAILED", `Cannot write store "${path}": it is closed`, {
    hint: "openclaw gateway status",
    retryable: true,
    details: { path, reason: "closed" },
  });
}

function reason(failure: StoreFailure, thrown: unknown): string {
  return failure === "other" ? `${REASONS.other}, ${errorMessage(thrown)}` : REASONS[failure];
}
