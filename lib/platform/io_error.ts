/**
 * Names for the failures of the file system.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";

const DISK_FULL_CODES = new Set(["ENOSPC", "EDQUOT", "ENOSPACE"]);

/**
 * Turns what a file operation threw into a failure with a stable code.
 *
 * @param action What was attempted, such as `write`.
 * @param path On what.
 * @returns `DISK_FULL`, `READ_ONLY_FILE_SYSTEM`, `PERMISSION_DENIED` or `IO_ERROR`; an
 * {@linkcode AppError} comes back as it is.
 */
export function ioError(action: string, path: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = systemCode(thrown);
  const fail = (name: string, why: string, hint: string, retryable = false) =>
    new AppError(name, `Cannot ${action} "${path}": ${why}`, {
      hint,
      retryable,
      cause: thrown,
      details: { path, ...(code === undefined ? {} : { systemCode: code }) },
    });
  if (code !== undefined && DISK_FULL_CODES.has(code)) {
    return fail("DISK_FULL", "no space is left", "Free space on that disk, then try again", true);
  }
  if (code === "EROFS") {
    return fail(
      "READ_ONLY_FILE_SYSTEM",
      "the file system is read-only",
      "Mount it writable, or set OPENCLAW_STATE_DIR to a folder on another one",
    );
  }
  if (thrown instanceof Deno.errors.PermissionDenied || code === "EPERM") {
    return fail(
      "PERMISSION_DENIED",
      "permission was denied",
      "Check who owns it and its mode with: ls -ld",
    );
  }
  return fail(
    "IO_ERROR",
    reason(thrown),
    "Look at the disk and at the system's log, then try again",
  );
}

/** The system's own code of a failure such as `ENOSPC`, where the runtime tells it. */
export function systemCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error ? (thrown as Error & { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The reason without the runtime's decoration: `(os error 28): open '/x'` says nothing new. */
function reason(thrown: unknown): string {
  const text = errorMessage(thrown).replace(/ ?\(os error \d+\).*$/s, "");
  return text.charAt(0).toLowerCase() + text.slice(1);
}
