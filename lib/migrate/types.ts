/**
 * What a migration reports.
 *
 * @module
 */
import type { DamagedLine, ImportAction } from "../sessions/import/mod.ts";

/** What is taken over. */
export type MigrationKind = "config" | "file" | "workspace" | "session" | "devices" | "cron";

/** One thing of the source, and what became of it or would become of it. */
export interface MigrationItem {
  readonly kind: MigrationKind;
  /** What `--force` names it by. */
  readonly unit: string;
  readonly action: ImportAction;
  /** Messages, files, devices or jobs that came. */
  readonly count: number;
  readonly reason?: string;
}

/** Everything that became of a source. */
export interface MigrationReport {
  /** The folder that was read. */
  readonly from: string;
  /** The folder that was written. */
  readonly to: string;
  readonly isDryRun: boolean;
  readonly items: readonly MigrationItem[];
  readonly damaged: readonly DamagedLine[];
  /** What to know about the config: keys that nobody knows, paths that lead back. */
  readonly warnings: readonly string[];
}
