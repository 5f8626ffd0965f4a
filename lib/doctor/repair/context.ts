/**
 * What every part of a repair is handed.
 *
 * @module
 */
import type { Clock, Env } from "../../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../../config/mod.ts";

/** What repairs work on. */
export interface RepairContext {
  readonly paths: ConfigPaths;
  readonly env: Env;
  readonly clock: Clock;
  /** The config as the checks have seen it. */
  readonly snapshot: ConfigSnapshot;
  /** Owner of what is written; absent where files have none. */
  readonly uid: number | undefined;
  /** For the record, such as `doctor --fix`. */
  readonly command: string;
}
