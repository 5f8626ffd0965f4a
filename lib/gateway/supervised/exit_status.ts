/**
 * What a gateway's failure means to the manager that would start it again.
 *
 * @module
 */
import { AppError, EXIT } from "../../base/mod.ts";
import type { Supervisor } from "../../platform/mod.ts";
import { errorFacts } from "../../protocol/mod.ts";
import { isHeld } from "./conflict.ts";

/**
 * The exit status that keeps a manager from starting the same failure over and over, or `undefined`
 * for the usual one.
 *
 * systemd leaves 78 alone, and so does the script that a task of ours runs; launchd knows no such
 * status, only success.
 */
export function supervisedExitStatus(
  error: unknown,
  supervisor: Supervisor | undefined,
): number | undefined {
  if (supervisor === undefined || !(error instanceof AppError)) return undefined;
  const isHopeless = errorFacts(error.code).exit === EXIT.CONFIG || isHeld(error);
  if (!isHopeless) return undefined;
  return supervisor === "launchd" ? EXIT.DONE : EXIT.CONFIG;
}
