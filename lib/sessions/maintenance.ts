/**
 * Keeps the number of sessions within bounds: which ones would go, and their removal.
 *
 * Transcripts of removed sessions stay readable until they are old themselves.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import type { Store } from "../store/mod.ts";
import { mainSessionKey } from "./keys.ts";
import { deleteSession } from "./session_changes.ts";
import type { Tables } from "./turns.ts";

/** Parts of a key that say that several people talk there: such conversations are never pruned. */
const SHARED_KEY = /:(?:group|channel|thread|topic):/;
/** A key that exists only where direct chats are kept apart. */
const DIRECT_KEY = /^agent:[^:]+:(?:[^:]+:){0,2}direct:/;

/** Sessions in one transaction. */
const SLICE_SESSIONS = 64;

/** What is kept. */
export interface CleanupPolicy {
  agentId: string;
  /** `undefined` keeps sessions of any age. */
  pruneAfterMs: number | undefined;
  maxSessions: number;
  /** Keys that stay whatever their age. */
  keepKeys: ReadonlySet<string>;
  /** Whether sessions of single direct chats go, since all of them share the main session now. */
  retireDirect: boolean;
}

/** What a cleanup would do. */
export interface CleanupPlan {
  agentId: string;
  beforeCount: number;
  afterCount: number;
  /** Keys of sessions that are too old. */
  pruned: string[];
  /** Keys of sessions that are too many, oldest first. */
  capped: string[];
  /** Keys of sessions that have no purpose any more. */
  retired: string[];
  /** Transcripts that no session has and that are older than the age above, and how many there are. */
  staleTranscripts: number[];
  looseTranscripts: number;
}

interface Row {
  key: string;
  updatedAt: number;
}

const LOOSE = `FROM transcripts AS t WHERE NOT EXISTS (
    SELECT 1 FROM sessions AS s WHERE s.key = t.session_key)
  AND t.session_key LIKE ? ESCAPE '\\'`;

/** Finds and removes sessions that nobody needs any more. */
export class SessionMaintenance {
  readonly #database: Store;
  readonly #tables: Tables;
  readonly #clock: Clock;

  constructor(database: Store, tables: Tables, clock: Clock) {
    this.#database = database;
    this.#tables = tables;
    this.#clock = clock;
  }

  /** What {@linkcode apply} would do now; changes nothing. */
  plan(policy: CleanupPolicy): CleanupPlan {
    return this.#planFor(policy, this.#rowsOf(policy.agentId));
  }

  /** The sessions of an agent, oldest first. */
  #rowsOf(agentId: string): Row[] {
    return this.#database.connection.all<Row>(
      "SELECT key, updated_at AS updatedAt FROM sessions WHERE agent_id = ? ORDER BY updated_at",
      agentId,
    );
  }

  #planFor(policy: CleanupPolicy, rows: readonly Row[]): CleanupPlan {
    const { agentId } = policy;
    const oldest = policy.pruneAfterMs === undefined
      ? Number.NEGATIVE_INFINITY
      : this.#clock.now() - policy.pruneAfterMs;
    const mayGo = (key: string) =>
      key !== mainSessionKey(agentId) && !policy.keepKeys.has(key) && !SHARED_KEY.test(key);
    const retired: string[] = [];
    const pruned: string[] = [];
    const young: string[] = [];
    for (const { key, updatedAt } of rows) {
      if (!mayGo(key)) young.push(key);
      else if (policy.retireDirect && DIRECT_KEY.test(key)) retired.push(key);
      else if (updatedAt < oldest) pruned.push(key);
      else young.push(key);
    }
    const surplus = Math.max(0, young.length - policy.maxSessions);
    const capped = young.filter(mayGo).slice(0, surplus);
    return {
      agentId,
      beforeCount: rows.length,
      afterCount: young.length - capped.length,
      pruned,
      capped,
      retired,
      ...this.#looseTranscripts(agentId, oldest),
    };
  }

  /**
   * Removes what a plan made just now names, a little at a time.
   *
   * @returns The plan that was carried out.
   */
  async apply(policy: CleanupPolicy): Promise<CleanupPlan> {
    const rows = this.#rowsOf(policy.agentId);
    const seen = new Map(rows.map(({ key, updatedAt }) => [key, updatedAt]));
    const plan = this.#planFor(policy, rows);
    const keys = [...plan.retired, ...plan.pruned, ...plan.capped];
    for (let at = 0; at < keys.length; at += SLICE_SESSIONS) {
      const slice = keys.slice(at, at + SLICE_SESSIONS);
      await this.#database.transact(() => this.#remove(slice, seen));
    }
    const { long } = this.#tables;
    await this.#database.transact(() => plan.staleTranscripts.forEach((id) => long.abandon(id)));
    await long.sweep();
    return plan;
  }

  /** Removes sessions, but for those that somebody has written to since they were seen. */
  #remove(keys: readonly string[], seen: ReadonlyMap<string, number>): void {
    const { sessions, runs } = this.#tables;
    for (const key of keys) {
      const updatedAt = sessions.find(key)?.entry.updatedAt;
      if (updatedAt !== seen.get(key) || runs.hasOpen(key)) continue;
      deleteSession(this.#tables, key, true, this.#clock.now());
    }
  }

  #looseTranscripts(agentId: string, oldest: number) {
    const { connection } = this.#database;
    const keys = `agent:${agentId.replace(/[\\%_]/g, "\\$&")}:%`;
    const stale = Number.isFinite(oldest)
      ? connection.all<{ id: number }>(`SELECT t.id ${LOOSE} AND t.ended_at < ?`, keys, oldest)
      : [];
    return {
      staleTranscripts: stale.map(({ id }) => id),
      looseTranscripts: connection.number(`SELECT count(*) ${LOOSE}`, keys),
    };
  }
}
