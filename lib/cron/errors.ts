/**
 * The failures that callers of this room branch on.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";

/** There is no job of that id. */
export function jobNotFound(id: string): AppError {
  return new AppError("CRON_JOB_NOT_FOUND", `cron job not found: ${id}`, {
    hint: "openclaw cron list --all",
    details: { jobId: id },
  });
}

/** A job cannot be as it is asked for. */
export function invalidJob(message: string, hint = "openclaw cron add --help"): AppError {
  return new AppError("CRON_JOB_INVALID", message, { hint });
}
