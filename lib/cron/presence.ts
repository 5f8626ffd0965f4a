/**
 * Whether there is anything for the scheduler to do; small, so that a gateway without jobs loads
 * nothing else of this room.
 *
 * @module
 */
import { join } from "@std/path";
import { pathExists } from "../platform/mod.ts";
import type { Store } from "../store/mod.ts";

/** Marks in the store that the files of an earlier gateway were taken over. */
export const IMPORTED_KEY = "cron.imported";

/** The job file of an earlier gateway, unless configured. */
export function jobFileOf(stateDir: string): string {
  return join(stateDir, "cron", "jobs.json");
}

/** Whether the store has a job, or a file has some that were not taken over. */
export async function hasCronWork(store: Store, jobFile: string): Promise<boolean> {
  const { connection } = store;
  if (connection.get("SELECT 1 FROM cron_jobs LIMIT 1") !== undefined) return true;
  if (connection.get("SELECT 1 FROM meta WHERE key = ?", IMPORTED_KEY) !== undefined) return false;
  return await pathExists(jobFile);
}
