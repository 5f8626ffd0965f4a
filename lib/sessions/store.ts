/**
 * The store: sessions, transcripts and runs, durable before they are acknowledged.
 *
 * Reads answer at once; writes answer when they are on disk. Composes the tables over the database.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import { Store } from "../store/mod.ts";
import { branchSession } from "./branch.ts";
import { CheckpointTable } from "./checkpoint_table.ts";
import { Compactions } from "./compactions.ts";
import { EventTable } from "./event_table.ts";
import { exportTranscript } from "./export.ts";
import { findContradictions } from "./integrity.ts";
import { LongTranscripts } from "./long_transcripts.ts";
import { SessionMaintenance } from "./maintenance.ts";
import { MessageTable } from "./message_table.ts";
import type { ConversationPlace } from "./response_table.ts";
import { ResultTable } from "./result_table.ts";
import { RunTable } from "./run_table.ts";
import { sessionNotFound, SessionTable } from "./session_table.ts";
import { deleteSession, patchSession, resetSession } from "./session_changes.ts";
import { appendToSession, beginRun, endRun, failOpenRuns, type Tables } from "./turns.ts";
import type {
  BegunRun,
  EndedRun,
  MessageHit,
  RunBeginning,
  RunEnding,
  RunRecord,
  SessionChange,
  SessionDeletion,
  SessionEntry,
  SessionList,
  SessionQuery,
  StoredMessage,
  StoreStats,
  TranscriptMessage,
} from "./types.ts";

/** How to open a store. */
export interface SessionStoreOptions {
  /** Folder of the database; created, private, when it does not exist. */
  stateDir: string;
  clock: Clock;
}

/**
 * Sessions, transcripts and runs in one database file.
 *
 * Every method that takes a key expects a canonical one.
 */
export class SessionStore {
  /** The database underneath, for the other rooms that keep their tables in it. */
  readonly database: Store;
  /** Summaries in place of what was said earlier, and the way back. */
  readonly compactions: Compactions;
  /** Removal of sessions that are old or too many. */
  readonly maintenance: SessionMaintenance;
  readonly #clock: Clock;
  readonly #tables: Tables;
  readonly #results: ResultTable;

  private constructor(database: Store, clock: Clock) {
    const { connection } = database;
    this.database = database;
    this.#clock = clock;
    const messages = new MessageTable(connection);
    this.#tables = {
      sessions: new SessionTable(connection),
      messages,
      long: new LongTranscripts(database, messages),
      runs: new RunTable(connection),
      checkpoints: new CheckpointTable(connection),
      events: new EventTable(connection),
    };
    this.compactions = new Compactions(database, this.#tables, clock);
    this.maintenance = new SessionMaintenance(database, this.#tables, clock);
    this.#results = new ResultTable(connection);
  }

  /**
   * Opens `<stateDir>/openclaw.sqlite`, creating and migrating it where needed.
   *
   * @returns A store the caller closes.
   * @throws {AppError} `STORE_TOO_NEW`, `STORE_CORRUPT`, `PERMISSION_DENIED`,
   * `READ_ONLY_FILE_SYSTEM`, `DISK_FULL` or `IO_ERROR`
   */
  static async open({ stateDir, clock }: SessionStoreOptions): Promise<SessionStore> {
    return new SessionStore(await Store.open(stateDir), clock);
  }

  /** The database file. */
  get path(): string {
    return this.database.path;
  }

  /** The session of a key. */
  getSession(key: string): SessionEntry | undefined {
    return this.#tables.sessions.find(key)?.entry;
  }

  /** The session whose current or earlier transcript has this id. */
  getSessionById(sessionId: string): SessionEntry | undefined {
    const key = this.#tables.messages.keyOf(sessionId);
    return key === undefined ? undefined : this.getSession(key);
  }

  /** The newest sessions that match, newest first. */
  listSessions(query: SessionQuery): SessionList {
    return this.#tables.sessions.list(query);
  }

  /** Whether a session was begun by another one, directly or over others. */
  isBelow(key: string, ancestor: string): boolean {
    return this.#tables.sessions.isBelow(key, ancestor);
  }

  /** Keys of the sessions that a session began, and those began, and so on, nearest first. */
  descendantsOf(key: string, options: { limit: number }): string[] {
    return this.#tables.sessions.descendants(key, options.limit);
  }

  /** Number of sessions. */
  countSessions(): number {
    return this.#tables.sessions.count();
  }

  /**
   * Acknowledges a run: creates the session where needed, adds the user's message and the run.
   *
   * @throws {AppError} `RUN_EXISTS` (nothing was written), `SESSION_LABEL_IN_USE`,
   * `STORE_WRITE_FAILED`
   */
  beginRun(beginning: RunBeginning): Promise<BegunRun> {
    return this.database.transact(() => beginRun(this.#tables, beginning));
  }

  /**
   * Stores a run's outcome: its messages, the session's totals and state, the final answer.
   *
   * @throws {AppError} `RUN_NOT_FOUND` when it is unknown or has ended, `STORE_WRITE_FAILED`
   */
  endRun(ending: RunEnding): Promise<EndedRun> {
    return this.database.transact(() => endRun(this.#tables, ending));
  }

  /** A run by the client's key. */
  getRun(runId: string): RunRecord | undefined {
    return this.#tables.runs.find(runId);
  }

  /**
   * Ends the runs that a dead process left open, as `error` with stop reason `interrupted`, and marks
   * their sessions as failed. Finishes the removal of transcripts that it had begun. Called once at
   * start, before the first run.
   *
   * @returns The runs it ended.
   */
  async recoverInterruptedRuns(now: number): Promise<RunRecord[]> {
    await this.#tables.long.recover();
    if (this.#tables.runs.countOpen() === 0) return [];
    return await this.database.transact(() => failOpenRuns(this.#tables, now));
  }

  /**
   * Adds a message outside a run.
   *
   * @throws {AppError} `SESSION_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  appendMessage(key: string, message: TranscriptMessage): Promise<StoredMessage> {
    return this.database.transact(() => {
      const row = this.#tables.sessions.require(key);
      const [stored] = appendToSession(this.#tables, row, [message]);
      row.entry.updatedAt = this.#clock.now();
      this.#tables.sessions.update(row);
      return stored!;
    });
  }

  /**
   * The newest messages of a key's current transcript, oldest first; none for an unknown key.
   *
   * @param options `beforeSeq` pages back: only messages before that position.
   */
  history(key: string, options: { limit: number; beforeSeq?: number }): StoredMessage[] {
    const row = this.#tables.sessions.find(key);
    if (row === undefined) return [];
    return this.#tables.messages.page(row.transcriptId, options.limit, options.beforeSeq);
  }

  /**
   * What a model is sent of a transcript: the summary of its newest compaction, if any, then the newest
   * messages that it kept and whose JSON fits `maxBytes`, oldest first. The newest one is always among
   * them, and a tool's answer never comes without the call it answers.
   */
  contextMessages(sessionId: string, options: { maxBytes: number }): StoredMessage[] {
    const transcript = this.#tables.messages.find(sessionId);
    if (transcript === undefined) return [];
    const { messages } = this.#tables;
    const compaction = messages.lastCompaction(transcript.id);
    if (compaction === undefined) return messages.newest(transcript.id, options.maxBytes);
    const { firstKeptSeq, content } = compaction.message;
    const left = Math.max(0, options.maxBytes - JSON.stringify(content).length);
    return [compaction, ...messages.newest(transcript.id, left, firstKeptSeq)];
  }

  /** One message of a transcript by its position. */
  messageAt(sessionId: string, seq: number): StoredMessage | undefined {
    const { messages } = this.#tables;
    const transcript = messages.find(sessionId);
    const [stored] = transcript === undefined ? [] : messages.pageAfter(transcript.id, seq - 1, 1);
    return stored?.seq === seq ? stored : undefined;
  }

  /** The id of the message at a position of a transcript, also of one that is gone. */
  entryId(sessionId: string, seq: number): string {
    return this.#tables.messages.idAt(sessionId, seq);
  }

  /** Position of a transcript's newest message, 0 when it has none. */
  lastSeq(sessionId: string): number {
    const transcript = this.#tables.messages.find(sessionId);
    return transcript === undefined ? 0 : this.#tables.messages.lastSeq(transcript.id);
  }

  /**
   * Changes fields of a session, in one step: what others do at the same time is not undone by it.
   *
   * @param options With `agentId`, an unknown key becomes a new session.
   * @throws {AppError} `SESSION_NOT_FOUND`, `SESSION_LABEL_IN_USE`, `STORE_WRITE_FAILED`, or what
   * `change` throws
   */
  patchSession(
    key: string,
    change: SessionChange,
    options: { agentId?: string } = {},
  ): Promise<SessionEntry> {
    return this.database.transact(() =>
      patchSession(this.#tables, key, change, this.#clock.now(), options.agentId)
    );
  }

  /**
   * Gives a key a new, empty transcript; the old one is kept.
   *
   * @param reason Why, such as `new`, `reset`, `daily` or `idle`.
   * @param options With `agentId`, an unknown key becomes a new session.
   * @throws {AppError} `SESSION_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  resetSession(
    key: string,
    reason: string,
    options: { agentId?: string } = {},
  ): Promise<SessionEntry> {
    return this.database.transact(() =>
      resetSession(this.#tables, key, reason, this.#clock.now(), options.agentId)
    );
  }

  /**
   * Removes a session.
   *
   * @param options `keepTranscripts` closes its transcripts instead of removing them.
   */
  async deleteSession(
    key: string,
    options: { keepTranscripts?: boolean } = {},
  ): Promise<SessionDeletion> {
    const deletion = await this.database.transact(() =>
      deleteSession(this.#tables, key, options.keepTranscripts ?? false, this.#clock.now())
    );
    await this.#tables.long.sweep();
    return deletion;
  }

  /**
   * Forgets old conversations of the keys with a common beginning: sessions that have been idle since
   * before a moment, and earlier transcripts of one that goes on.
   *
   * @param key The session that goes on.
   * @param options Only keys whose part behind `prefix` fits `rest`; `before` in milliseconds since the
   * epoch.
   * @returns The keys of the sessions that were removed.
   */
  async forgetIdle(
    key: string,
    { prefix, rest, before }: { prefix: string; rest: RegExp; before: number },
  ): Promise<string[]> {
    const forgotten = await this.database.transact(() => {
      const { sessions, messages, long } = this.#tables;
      for (const { id } of messages.endedOf(key, before)) long.abandon(id);
      const idle = sessions.idleKeys(prefix, before)
        .filter((each) => each !== key && rest.test(each.slice(prefix.length)));
      for (const each of idle) deleteSession(this.#tables, each, false, this.#clock.now());
      return idle;
    });
    await this.#tables.long.sweep();
    return forgotten;
  }

  /**
   * Makes a new session of what was said up to a point; the session it was said in stays as it is.
   *
   * @param target The new session; its key must not exist.
   * @throws {AppError} `SESSION_NOT_FOUND` when nothing is left of the conversation,
   * `STORE_WRITE_FAILED`
   */
  branchSession(
    place: ConversationPlace,
    target: { key: string; agentId: string },
  ): Promise<void> {
    const { database } = this;
    return branchSession({ database, tables: this.#tables, clock: this.#clock }, place, target);
  }

  /**
   * Queues what the agent is told at the next turn of a session; it is on disk then.
   *
   * @param options `isUntrusted` marks words that others than the user and the gateway chose.
   */
  addSystemEvent(
    sessionKey: string,
    text: string,
    options: { isUntrusted?: boolean } = {},
  ): Promise<void> {
    return this.database.transact(() =>
      this.#tables.events.add(sessionKey, text, this.#clock.now(), options.isUntrusted)
    );
  }

  /** Whether something waits for the next turn of a session. */
  hasSystemEvents(sessionKey: string): boolean {
    return this.#tables.events.of(sessionKey).length > 0;
  }

  /** Texts that wait, of all sessions. */
  systemEvents(): string[] {
    return this.#tables.events.texts();
  }

  /** Keeps the answer to a client's idempotency key, at most 1000 of them in all. */
  rememberResult(
    scope: string,
    key: string,
    result: unknown,
    { ttlMs, now }: { ttlMs: number; now: number },
  ): Promise<void> {
    return this.database.transact(() =>
      this.#results.remember(scope, key, result, now + ttlMs, now)
    );
  }

  /** The kept answer of an idempotency key, unless its time is over. */
  recallResult(scope: string, key: string, now: number): { result: unknown } | undefined {
    return this.#results.recall(scope, key, now);
  }

  /** Messages that have all words of `query`, newest first. */
  searchMessages(query: string, options: { limit: number }): MessageHit[] {
    return this.#tables.messages.search(query, options.limit);
  }

  /**
   * A key's current transcript, or the one of `sessionId`, as JSON texts without line ends.
   *
   * @param options `cwd` is the folder the first line names.
   * @throws {AppError} `SESSION_NOT_FOUND`
   */
  exportSession(
    key: string,
    options: { sessionId?: string; cwd?: string } = {},
  ): Iterable<string> {
    const { messages, sessions } = this.#tables;
    const sessionId = options.sessionId ?? sessions.require(key).entry.sessionId;
    const transcript = messages.transcriptsOf(key).find((each) => each.sessionId === sessionId);
    if (transcript === undefined) throw sessionNotFound(`${key} (${sessionId})`);
    return exportTranscript(this.database.connection, messages, transcript, options.cwd ?? "");
  }

  /** All transcripts of a key, oldest first; one that has ended says when. */
  transcripts(key: string): { sessionId: string; endedAt: number | undefined }[] {
    return this.#tables.messages.endsOf(key);
  }

  /** Every key that has a transcript, also without a session. */
  transcriptKeys(): string[] {
    return this.#tables.messages.keys();
  }

  /** The ids of all transcripts of a key, oldest first; the last one is the current one. */
  transcriptIds(key: string): string[] {
    return this.#tables.messages.transcriptsOf(key).map((transcript) => transcript.sessionId);
  }

  /** Facts for status pages; reads no table as a whole. */
  stats(): StoreStats {
    return {
      ...this.database.stats(),
      sessions: this.countSessions(),
      openRuns: this.#tables.runs.countOpen(),
    };
  }

  /** Reads the whole database and says what is wrong with it; nothing when it is sound. */
  findProblems(): string[] {
    return [...this.database.findDamage(), ...findContradictions(this.database.connection)];
  }

  /** Commits what waits, moves the log into the database and closes it; may be called twice. */
  close(): void {
    this.database.close();
  }
}
