/**
 * Which failed starts are worth a bundle.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";

/**
 * Failures that say all there is to say, or that belong to somebody else's gateway: a bundle of them
 * would tell nothing, and a supervisor that tries again would fill the folder.
 */
const PLAIN_CODES: ReadonlySet<string> = new Set([
  "PORT_IN_USE",
  "PORT_INVALID",
  "GATEWAY_LOCKED",
  "CONFIG_MISSING",
  "CONFIG_MODE_MISSING",
  "CONFIG_MODE_REMOTE",
  "HOME_NOT_FOUND",
  "USAGE",
]);

/** Whether a failed start leaves a bundle. */
export function isWorthKeeping(error: unknown): boolean {
  return !(error instanceof AppError && PLAIN_CODES.has(error.code));
}
