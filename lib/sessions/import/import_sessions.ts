/**
 * The way into an import: over a store that is open.
 *
 * @module
 */
import type { Clock } from "../../base/mod.ts";
import type { Store } from "../../store/mod.ts";
import { CheckpointTable } from "../checkpoint_table.ts";
import { EventTable } from "../event_table.ts";
import { LongTranscripts } from "../long_transcripts.ts";
import { MessageTable } from "../message_table.ts";
import { RunTable } from "../run_table.ts";
import { SessionTable } from "../session_table.ts";
import type { Tables } from "../turns.ts";
import type { SessionFolder } from "./folder.ts";
import { SessionImporter } from "./importer.ts";
import { IMPORTED_KEY } from "./locate.ts";
import type { ImportOptions, SessionImport } from "./types.ts";

/** How to import, and what. */
export interface ImportSessionsOptions extends ImportOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly folders: readonly SessionFolder[];
  /** Called when every session has its conversation and only earlier ones are left to take. */
  readonly onSessions?: () => void;
  /** Notes that the folders are those of the state folder itself, and need not be looked at again. */
  readonly isOwnState?: boolean;
}

/**
 * Takes over folders of conversations. What another process left half done must have been removed
 * before.
 *
 * @throws {AppError} What reading a folder or writing to the store fails with; what was taken over
 * until then stays, and the next call goes on behind it.
 */
export async function importSessions(options: ImportSessionsOptions): Promise<SessionImport> {
  const { store, clock, folders, onSessions } = options;
  const importer = new SessionImporter(store, tablesOf(store), clock, options);
  await importer.run(folders, "sessions");
  onSessions?.();
  const result = await importer.run(folders, "archives");
  if (options.isOwnState && !options.dryRun) {
    await store.transact(() =>
      store.connection.run(
        "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
        IMPORTED_KEY,
        String(clock.now()),
      )
    );
  }
  return result;
}

function tablesOf(store: Store): Tables {
  const { connection } = store;
  const messages = new MessageTable(connection);
  return {
    sessions: new SessionTable(connection),
    messages,
    long: new LongTranscripts(store, messages),
    runs: new RunTable(connection),
    checkpoints: new CheckpointTable(connection),
    events: new EventTable(connection),
  };
}
