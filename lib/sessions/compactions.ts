/**
 * Compactions: a summary in place of what was said earlier, the state of before kept for the way back.
 *
 * Nothing is removed here. A transcript only grows; what a model is no longer sent stays readable, and
 * a checkpoint says up to where the conversation went.
 *
 * @module
 */
import { AppError, type Clock, randomId } from "../base/mod.ts";
import type { Store } from "../store/mod.ts";
import type { Checkpoint } from "./checkpoint_table.ts";
import type { Transcript } from "./message_table.ts";
import { messageText } from "./message_text.ts";
import type { SessionRow } from "./session_table.ts";
import { createSession, STALE_TOTAL, type Tables } from "./turns.ts";
import type { MessageUsage, SessionEntry, StoredMessage } from "./types.ts";

/** What of a conversation is still sent to the model. */
export interface PendingContext {
  sessionId: string;
  /** The summary of what came before, when there is one. */
  summary?: string;
  /** Everything that is sent as it is, oldest first. */
  messages: StoredMessage[];
  /** Whether anything was said since the newest compaction. */
  isGrown: boolean;
}

/** A compaction to store. */
export interface CompactionRecord {
  key: string;
  /** The transcript that was summarised; another one by now refuses the compaction. */
  sessionId: string;
  summary: string;
  firstKeptSeq: number;
  tokensBefore: number;
  tokensAfter: number;
  reason: string;
  model?: { provider: string; model: string };
  usage?: MessageUsage;
}

/** A session after a change of its transcript. */
export interface CompactedSession {
  entry: SessionEntry;
  checkpoint: Checkpoint;
}

/** Stores compactions and goes back to what was before them. */
export class Compactions {
  readonly #database: Store;
  readonly #tables: Tables;
  readonly #clock: Clock;

  constructor(database: Store, tables: Tables, clock: Clock) {
    this.#database = database;
    this.#tables = tables;
    this.#clock = clock;
  }

  /** The part of a key's current transcript that a compaction would shorten; none for an unknown key. */
  pending(key: string): PendingContext | undefined {
    const { sessions, messages } = this.#tables;
    const row = sessions.find(key);
    if (row === undefined) return undefined;
    const last = messages.lastCompaction(row.transcriptId);
    const fromSeq = last?.message.firstKeptSeq ?? 1;
    const kept = messages.newest(row.transcriptId, Number.MAX_SAFE_INTEGER, fromSeq);
    return {
      sessionId: row.entry.sessionId,
      messages: kept,
      isGrown: (kept.at(-1)?.seq ?? 0) > (last?.seq ?? 0),
      ...(last === undefined ? {} : { summary: messageText(last.message) }),
    };
  }

  /**
   * Adds a summary to the transcript and a checkpoint of what was before.
   *
   * @throws {AppError} `SESSION_NOT_FOUND`; `UNAVAILABLE` when the session was reset meanwhile.
   */
  compact(record: CompactionRecord): Promise<CompactedSession> {
    return this.#database.transact(() => {
      const row = this.#tables.sessions.require(record.key);
      if (row.entry.sessionId !== record.sessionId) throw resetMeanwhile(record.key);
      return this.#compact(row, record);
    });
  }

  #compact({ entry, transcriptId }: SessionRow, record: CompactionRecord): CompactedSession {
    const { sessions, messages } = this.#tables;
    const now = this.#clock.now();
    const lastSeq = messages.lastSeq(transcriptId);
    const { summary, firstKeptSeq, tokensBefore, tokensAfter, reason } = record;
    const [stored] = messages.append({ id: transcriptId, sessionId: entry.sessionId }, [{
      role: "compaction",
      content: [{ type: "text", text: summary }],
      timestamp: now,
      firstKeptSeq,
      tokensBefore,
      ...record.model,
      ...(record.usage === undefined ? {} : { usage: record.usage }),
    }]);
    const checkpoint = this.#addCheckpoint(entry, transcriptId, {
      checkpointId: randomId(),
      sessionKey: entry.key,
      sessionId: entry.sessionId,
      createdAt: now,
      reason,
      tokensBefore,
      tokensAfter,
      summary,
      firstKeptSeq,
      lastSeq,
      postSessionId: entry.sessionId,
      postSeq: stored!.seq,
    });
    entry.updatedAt = now;
    estimateTotal(entry, tokensAfter);
    sessions.update({ entry, transcriptId });
    return { entry, checkpoint };
  }

  /**
   * Goes on with the newest `keep` messages only, in a transcript of its own; the old one stays.
   *
   * @returns `undefined` when there are no more than that.
   * @throws {AppError} `SESSION_NOT_FOUND`; `UNAVAILABLE` while a run of the session has not ended: its
   * answer would go to the old transcript.
   */
  async cutTail(key: string, keep: number): Promise<CompactedSession | undefined> {
    const { messages, long } = this.#tables;
    const { transcriptId, entry } = this.#requireQuiet(key);
    const lastSeq = messages.lastSeq(transcriptId);
    if (lastSeq <= keep) return undefined;
    const range = { fromSeq: lastSeq - keep + 1, toSeq: lastSeq };
    const copy = await long.copy({ id: transcriptId }, range, this.#clock.now());
    return await long.orRemove(copy, () => this.#continueCut(key, entry.sessionId, range, copy));
  }

  #continueCut(
    key: string,
    before: string,
    { fromSeq, toSeq }: { fromSeq: number; toSeq: number },
    copy: Transcript,
  ): Promise<CompactedSession> {
    return this.#database.transact(() => {
      const row = this.#requireQuiet(key);
      const { sessionId, totalTokens } = row.entry;
      const lastSeq = this.#tables.messages.lastSeq(row.transcriptId);
      // Something else was done to the session while it was copied.
      if (sessionId !== before || lastSeq !== toSeq) throw changedMeanwhile(key);
      const next = this.#continueIn(row, copy, "compact");
      const checkpoint = this.#addCheckpoint(next.entry, row.transcriptId, {
        checkpointId: randomId(),
        sessionKey: key,
        sessionId: before,
        createdAt: this.#clock.now(),
        reason: "manual",
        tokensBefore: totalTokens,
        firstKeptSeq: fromSeq,
        lastSeq,
        postSessionId: next.entry.sessionId,
        postSeq: 1,
      });
      estimateTotal(next.entry, totalTokens);
      this.#tables.sessions.update(next);
      return { entry: next.entry, checkpoint };
    });
  }

  /** All checkpoints of a key, newest first. */
  checkpoints(key: string): Checkpoint[] {
    return this.#tables.checkpoints.list(key);
  }

  /** One checkpoint. @throws {AppError} `CHECKPOINT_NOT_FOUND` */
  checkpoint(key: string, checkpointId: string): Checkpoint {
    const found = this.#tables.checkpoints.find(key, checkpointId);
    if (found !== undefined) return found;
    throw new AppError("CHECKPOINT_NOT_FOUND", `checkpoint not found: ${checkpointId}`, {
      hint: `openclaw gateway call sessions.compaction.list --params '{"key":"${key}"}'`,
    });
  }

  /**
   * Makes a new session of what a session was before a compaction; the session itself stays as it is.
   *
   * @throws {AppError} `CHECKPOINT_NOT_FOUND`, `SESSION_NOT_FOUND`
   */
  async branch(key: string, checkpointId: string, newKey: string): Promise<CompactedSession> {
    this.#tables.sessions.require(key);
    const copy = await this.#copyOf(this.checkpoint(key, checkpointId));
    const { long } = this.#tables;
    return await long.orRemove(copy, () => this.#beginIn(copy, { key, checkpointId, newKey }));
  }

  #beginIn(
    copy: Transcript,
    { key, checkpointId, newKey }: { key: string; checkpointId: string; newKey: string },
  ): Promise<CompactedSession> {
    return this.#database.transact(() => {
      const { sessions, messages } = this.#tables;
      const checkpoint = this.checkpoint(key, checkpointId);
      const { entry: source } = sessions.require(key);
      const { modelProvider, model, contextTokens } = source;
      const row = createSession(this.#tables, newKey, source.agentId, this.#clock.now(), {
        ...(modelProvider === undefined ? {} : { modelProvider }),
        ...(model === undefined ? {} : { model }),
        ...(contextTokens === undefined ? {} : { contextTokens }),
        extra: { ...withoutCheckpoints(source.extra), parentSessionKey: key },
      }, copy);
      messages.giveTo(copy.id, newKey);
      estimateTotal(row.entry, checkpoint.tokensBefore);
      sessions.update(row);
      return { entry: row.entry, checkpoint };
    });
  }

  /**
   * Gives a session back what it was before a compaction, in a new transcript; the one of now stays.
   *
   * @throws {AppError} `CHECKPOINT_NOT_FOUND`, `SESSION_NOT_FOUND`; `UNAVAILABLE` while a run of the
   * session has not ended
   */
  async restore(key: string, checkpointId: string): Promise<CompactedSession> {
    const checkpoint = this.checkpoint(key, checkpointId);
    this.#requireQuiet(key);
    const copy = await this.#copyOf(checkpoint);
    return await this.#tables.long.orRemove(copy, () => this.#continueFrom(checkpoint, copy));
  }

  #continueFrom(
    { sessionKey: key, checkpointId }: Checkpoint,
    copy: Transcript,
  ): Promise<CompactedSession> {
    return this.#database.transact(() => {
      const checkpoint = this.checkpoint(key, checkpointId);
      const next = this.#continueIn(this.#requireQuiet(key), copy, "checkpoint-restore");
      estimateTotal(next.entry, checkpoint.tokensBefore);
      this.#tables.sessions.update(next);
      return { entry: next.entry, checkpoint };
    });
  }

  /** A session without runs under way. */
  #requireQuiet(key: string): SessionRow {
    const row = this.#tables.sessions.require(key);
    if (!this.#tables.runs.hasOpen(key)) return row;
    throw new AppError("UNAVAILABLE", `Session "${key}" has a run under way`, {
      hint: `openclaw gateway call sessions.abort --params '{"key":"${key}"}'`,
      retryable: true,
    });
  }

  /** The conversation up to a checkpoint, in a transcript that belongs to no session yet. */
  #copyOf(checkpoint: Checkpoint): Promise<Transcript> {
    const source = this.#transcriptOf(checkpoint);
    const range = { fromSeq: 1, toSeq: checkpoint.lastSeq };
    return this.#tables.long.copy(source, range, this.#clock.now());
  }

  /** Gives a session another transcript; the caller stores the row. */
  #continueIn({ entry, transcriptId }: SessionRow, copy: Transcript, reason: string): SessionRow {
    const { messages } = this.#tables;
    const now = this.#clock.now();
    messages.finish(transcriptId, reason, now);
    messages.giveTo(copy.id, entry.key);
    const next = { ...entry, sessionId: copy.sessionId, updatedAt: now };
    return { entry: next, transcriptId: copy.id };
  }

  #transcriptOf({ sessionId, sessionKey }: Checkpoint): Transcript {
    const transcript = this.#tables.messages.find(sessionId);
    if (transcript !== undefined) return transcript;
    throw new AppError("CHECKPOINT_NOT_FOUND", `checkpoint of "${sessionKey}" has no transcript`, {
      hint: "openclaw gateway call sessions.list",
    });
  }

  #addCheckpoint(entry: SessionEntry, transcriptId: number, checkpoint: Checkpoint): Checkpoint {
    const { checkpoints } = this.#tables;
    checkpoints.insert(transcriptId, checkpoint);
    const { checkpointId, createdAt, reason } = checkpoint;
    entry.extra = {
      ...entry.extra,
      compactionCheckpointCount: checkpoints.count(entry.key),
      latestCompactionCheckpoint: { checkpointId, createdAt, reason },
    };
    return checkpoint;
  }
}

/** Sets what the next call will fill, as far as it is known before that call. */
function estimateTotal(entry: SessionEntry, tokens: number): void {
  entry.totalTokens = tokens;
  entry.extra = { ...entry.extra, [STALE_TOTAL]: false };
}

/** What a branch takes over of its source's settings. */
function withoutCheckpoints(extra: Record<string, unknown>): Record<string, unknown> {
  const { compactionCheckpointCount: _count, latestCompactionCheckpoint: _latest, ...rest } = extra;
  return rest;
}

function changedMeanwhile(key: string): AppError {
  return new AppError("UNAVAILABLE", `Session "${key}" was changed while it was cut`, {
    hint: `openclaw gateway call sessions.describe --params '{"key":"${key}"}'`,
    retryable: true,
  });
}

function resetMeanwhile(key: string): AppError {
  return new AppError("UNAVAILABLE", `Session "${key}" was reset while it was compacted`, {
    hint: `openclaw gateway call sessions.compact --params '{"key":"${key}"}'`,
    retryable: true,
  });
}
