/**
 * What a gateway's failure means to the manager that would start it again.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { Supervisor } from "../../platform/mod.ts";
import { errorFacts } from "../../protocol/mod.ts";

/** The configuration refuses the start; systemd and the script of a task do not try again on this one. */
const EXIT_CONFIG = 78;
/** Somebody else has the port or the configuration; trying again would not help either. */
const HELD_CODES: ReadonlySet<string> = new Set(["PORT_IN_USE", "GATEWAY_LOCKED"]);

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
  const isHopeless = errorFacts(error.code).exit === EXIT_CONFIG || HELD_CODES.has(error.code);
  if (!isHopeless) return undefined;
  return supervisor === "launchd" ? 0 : EXIT_CONFIG;
}
