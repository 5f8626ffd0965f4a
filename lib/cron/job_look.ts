/**
 * The jobs in a database, read by somebody who changes nothing.
 *
 * @module
 */
import type { CronJob } from "../protocol/mod.ts";
import type { Connection } from "../store/mod.ts";
import { JobTable } from "./job_table.ts";

/** All jobs, oldest first. */
export function lookAtJobs(connection: Connection): CronJob[] {
  return new JobTable(connection).all();
}
