/**
 * Configurations that do not come into force, and why.
 *
 * @module
 */
import { type Clock, errorMessage } from "../../base/mod.ts";
import { type ConfigIssue, type ConfigSnapshot, summarizeIssues } from "../../config/mod.ts";

/** A file that was refused while another configuration stayed in force. */
export interface ConfigRejection {
  readonly path: string;
  readonly hash: string;
  readonly revision: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
  /** All issues on one line. */
  readonly message: string;
  readonly issues: readonly ConfigIssue[];
}

/** What is wrong with a configuration as the successor of another; `undefined` when nothing is. */
export function rejectionOf(
  found: ConfigSnapshot,
  inForce: Pick<ConfigSnapshot, "exists">,
  clock: Clock,
): ConfigRejection | undefined {
  if (!found.valid) return rejectionFor(found, found.issues, clock);
  if (found.exists || !inForce.exists) return undefined;
  return rejectionFor(found, [{ path: "", message: "the file is gone" }], clock);
}

/** A valid configuration that could not be put in force. */
export function failedApply(
  found: ConfigSnapshot,
  error: unknown,
  clock: Clock,
): ConfigRejection {
  return rejectionFor(found, [{ path: "", message: errorMessage(error) }], clock);
}

function rejectionFor(
  { path, hash, revision }: ConfigSnapshot,
  issues: readonly ConfigIssue[],
  clock: Clock,
): ConfigRejection {
  const message = summarizeIssues(issues);
  return { path, hash, revision, ts: clock.now(), message, issues };
}
