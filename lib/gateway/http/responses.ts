/**
 * Responses that HTTP clients come back to: kept in the database, continued in their sessions.
 *
 * @module
 */
import { AppError, randomId } from "../../base/mod.ts";
import type {
  HttpBackgroundWork,
  HttpResponseJournal,
  HttpResponseOwner,
  HttpResponseStore,
} from "../../http/mod.ts";
import { type ConversationPlace, type ResponseRecord, ResponseTable } from "../../sessions/mod.ts";
import type { GatewayState } from "../state.ts";

/** A response that is made in the background. */
interface Work {
  readonly controller: AbortController;
  readonly done: Promise<void>;
  readonly journal: HttpResponseJournal;
}

/** Keeps responses and knows of those that are made in the background. */
export class Responses implements HttpResponseStore {
  readonly #state: GatewayState;
  readonly #table: ResponseTable;
  readonly #underWay = new Map<string, Work>();

  constructor(state: GatewayState) {
    this.#state = state;
    this.#table = new ResponseTable(state.store.database.connection);
  }

  find(id: string, subject: string): ResponseRecord | undefined {
    return this.#table.find(id, subject);
  }

  save(record: ResponseRecord): Promise<void> {
    const { store, clock } = this.#state;
    return store.database.transact(() => this.#table.save(record, clock.now()));
  }

  remove(id: string, subject: string): Promise<boolean> {
    return this.#state.store.database.transact(() => this.#table.remove(id, subject));
  }

  async continueFrom(
    id: string,
    { subject, agentId }: HttpResponseOwner,
  ): Promise<string | undefined> {
    const { store } = this.#state;
    const place = this.#table.find(id, subject)?.place;
    if (place === undefined) return undefined;
    const isOwn = await store.database.transact(() =>
      this.#isNewest(place) && this.#table.claim(id)
    );
    if (isOwn) return place.sessionKey;
    const key = `agent:${agentId}:openresponses:${randomId()}`;
    try {
      await store.branchSession(place, { key, agentId });
      return key;
    } catch (error) {
      // Somebody has deleted the conversation; what was said in it is not to be told again.
      if (error instanceof AppError && error.code === "SESSION_NOT_FOUND") return undefined;
      throw error;
    }
  }

  begin(id: string, journal: HttpResponseJournal): HttpBackgroundWork {
    const controller = new AbortController();
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#underWay.set(id, { controller, done, journal });
    const end = () => {
      this.#underWay.delete(id);
      resolve();
    };
    return { signal: controller.signal, end };
  }

  journal(id: string): HttpResponseJournal | undefined {
    return this.#underWay.get(id)?.journal;
  }

  isUnderWay(id: string): boolean {
    return this.#underWay.has(id);
  }

  async cancel(id: string): Promise<void> {
    const work = this.#underWay.get(id);
    work?.controller.abort();
    await work?.done;
  }

  /** Whether nothing was said in a session since, and nothing is about to be. */
  #isNewest({ sessionKey, sessionId, seq }: ConversationPlace): boolean {
    const { store, runs } = this.#state;
    return store.getSession(sessionKey)?.sessionId === sessionId &&
      store.lastSeq(sessionId) === seq && runs.activeOf(sessionKey).length === 0;
  }
}
