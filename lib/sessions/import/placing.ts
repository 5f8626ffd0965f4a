/**
 * Decides whose transcript an imported one becomes: a session's current one, or one of its earlier
 * ones. Never takes anything away: what was current before stays among the earlier ones.
 *
 * @module
 */
import { COPYING_KEY } from "../long_transcripts.ts";
import type { Transcript } from "../message_table.ts";
import type { SessionRow } from "../session_table.ts";
import type { Tables } from "../turns.ts";
import type { SessionEntry } from "../types.ts";
import type { FoundArchive, FoundSession } from "./folder.ts";
import { sessionFields } from "./session_fields.ts";

/**
 * What becomes of a session: it is as in the source now; it is so without its label; it was so
 * already; or a newer conversation stays its current one.
 */
export type Placed = "changed" | "unlabelled" | "unchanged" | "kept";

/** What is to be placed. */
export interface PlacedUnit {
  readonly key: string;
  readonly sessionId: string;
  readonly session?: FoundSession;
  readonly archive?: FoundArchive;
}

/** The decision about one transcript. */
export class Placing {
  /** What {@linkcode place} did. */
  outcome: Placed = "unchanged";
  readonly #tables: Tables;
  readonly #unit: PlacedUnit;
  readonly #now: number;
  readonly #isForced: boolean;

  /** @param isForced Whether what is newer here makes way. */
  constructor(tables: Tables, unit: PlacedUnit, now: number, isForced: boolean) {
    this.#tables = tables;
    this.#unit = unit;
    this.#now = now;
    this.#isForced = isForced;
  }

  /** What {@linkcode place} would do now. */
  preview(): Placed {
    const { session, key, sessionId } = this.#unit;
    if (session === undefined) return "unchanged";
    const row = this.#tables.sessions.find(key);
    const fields = sessionFields(session.entry, this.#now);
    const isNewer = row === undefined || fields.updatedAt > row.entry.updatedAt;
    if (!isNewer && !this.#isForced) {
      return row.entry.sessionId === sessionId ? "unchanged" : "kept";
    }
    return this.#isLabelTaken(fields.label) ? "unlabelled" : "changed";
  }

  /** Gives the transcript its place; belongs inside a transaction. */
  place(transcript: Pick<Transcript, "id" | "sessionId">): void {
    const { messages } = this.#tables;
    const { key, archive } = this.#unit;
    this.outcome = this.preview();
    if (messages.keyOf(transcript.sessionId) === COPYING_KEY) messages.giveTo(transcript.id, key);
    if (archive !== undefined) messages.finish(transcript.id, "reset", archive.endedAt);
    else if (this.outcome === "kept") messages.finish(transcript.id, "replaced", this.#now);
    else if (this.outcome !== "unchanged") this.#makeCurrent(transcript);
  }

  #makeCurrent({ id, sessionId }: Pick<Transcript, "id" | "sessionId">): void {
    const { sessions, messages } = this.#tables;
    const { key, session } = this.#unit;
    const { label, ...fields } = sessionFields(session!.entry, this.#now);
    const old = sessions.find(key);
    const entry: SessionEntry = { ...fields, key, agentId: session!.agentId, sessionId };
    if (old !== undefined) {
      if (old.transcriptId !== id) messages.finish(old.transcriptId, "replaced", this.#now);
      entry.createdAt = old.entry.createdAt;
      entry.extra = { ...old.entry.extra, ...entry.extra };
    }
    messages.reopen(id);
    const row: SessionRow = { entry, transcriptId: id };
    if (old === undefined) sessions.insert(row);
    else sessions.update(row);
    if (label !== undefined && this.outcome !== "unlabelled") sessions.setLabel(key, label);
  }

  #isLabelTaken(label: string | undefined): boolean {
    if (label === undefined) return false;
    const owner = this.#tables.sessions.findByLabel(label)?.entry.key;
    return owner !== undefined && owner !== this.#unit.key;
  }
}
