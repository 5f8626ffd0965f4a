/**
 * What an import of conversations is asked for and what it reports.
 *
 * @module
 */

/** What became of one conversation, or would become of it. */
export type ImportAction = "import" | "append" | "update" | "same" | "conflict" | "skip";

/** A line of a file that could not be used. */
export interface DamagedLine {
  file: string;
  /** From 1. */
  line: number;
  reason: string;
}

/** One conversation of a source. */
export interface ImportItem {
  /** Session key, or the file where it has none. */
  unit: string;
  action: ImportAction;
  /** The transcript; absent for a session without one. */
  file?: string;
  /** Messages that were added, or would be. */
  messages: number;
  /** Why nothing was done, or what is different from what one might expect. */
  reason?: string;
}

/** What an import did. */
export interface SessionImport {
  items: ImportItem[];
  damaged: DamagedLine[];
}

/** How to import. */
export interface ImportOptions {
  /** Finds out everything and writes nothing. */
  readonly dryRun?: boolean;
  /** Units that may replace what is newer here. */
  readonly force?: ReadonlySet<string>;
  /** Ends the import between two steps. */
  readonly signal?: AbortSignal;
  /** Called with each conversation that is done. */
  readonly onItem?: (item: ImportItem) => void;
}
