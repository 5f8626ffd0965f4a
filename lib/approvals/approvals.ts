/**
 * Requests for approval: put, waited for, decided, given up.
 *
 * A request is on disk before its asker hears of it, and a decision before anybody hears of it; after
 * a restart what waited still waits and can be decided. Who is waited for by is in memory only: an
 * asker that comes back asks for the decision again.
 *
 * @module
 */
import { AppError, type Clock } from "../base/mod.ts";
import {
  APPROVAL_GRACE_MS,
  APPROVAL_RECORD_TTL_MS,
  type ApprovalOutcome,
  MAX_APPROVAL_REQUEST_CHARS,
  MAX_PENDING_APPROVALS,
  MAX_PENDING_APPROVALS_PER_ASKER,
  type PendingApproval,
} from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import {
  decisionNotAllowed,
  idTaken,
  invalidDecision,
  nothingToWaitFor,
  ownRequest,
  tooLarge,
  tooMany,
  unknownApproval,
} from "./approval_error.ts";
import {
  checkId,
  isDecision,
  isOwn,
  newId,
  onlyOne,
  outcomeOf,
  repeated,
  toPending,
} from "./approval_rules.ts";
import { ApprovalTable } from "./approval_table.ts";
import type {
  ApprovalAsker,
  ApprovalClient,
  ApprovalDecider,
  ApprovalKind,
  ApprovalListeners,
  ApprovalQuestion,
  ApprovalRecord,
  AskedApproval,
} from "./types.ts";

/** Timers fire at once when told to wait longer than some weeks; a look a day is enough. */
const MAX_TIMER_MS = 24 * 60 * 60_000;
/** Sooner than this after a failed sweep, the next one would fail as well. */
const RETRY_MS = 1_000;

/** What the requests of a gateway are kept with. */
export interface ApprovalsDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Whether somebody besides the asker is there to decide. */
  canReach(kind: ApprovalKind, asker: ApprovalClient | undefined): boolean;
  readonly listeners?: ApprovalListeners;
}

interface Waiter {
  readonly promise: Promise<ApprovalOutcome>;
  settle(outcome: ApprovalOutcome): void;
  fail(error: unknown): void;
}

/** All requests of a gateway; end it with {@linkcode Approvals.close}. */
export class Approvals implements ApprovalAsker {
  readonly #deps: ApprovalsDeps;
  readonly #table: ApprovalTable;
  readonly #waiters = new Map<string, Waiter>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(deps: ApprovalsDeps) {
    this.#deps = deps;
    this.#table = new ApprovalTable(deps.store.connection);
    this.#schedule();
  }

  async ask(question: ApprovalQuestion): Promise<AskedApproval> {
    const { store, clock, listeners } = this.#deps;
    if (JSON.stringify(question.request).length > MAX_APPROVAL_REQUEST_CHARS) throw tooLarge();
    if (question.id !== undefined) checkId(question.id);
    const now = clock.now();
    const isReachable = this.#deps.canReach(question.kind, question.askedBy);
    const record: ApprovalRecord = {
      id: question.id ?? newId(question.kind),
      kind: question.kind,
      state: isReachable ? "pending" : "unrouted",
      request: { ...question.request },
      allowedDecisions: [...question.allowedDecisions],
      ...(question.askedBy === undefined ? {} : { askedBy: question.askedBy }),
      createdAtMs: now,
      expiresAtMs: now + question.timeoutMs,
      ...(isReachable ? {} : { endedAtMs: now }),
    };
    await store.transact(() => {
      if (this.#table.find(record.id) !== undefined) throw idTaken();
      // Whoever types the beginning of an id must not decide about another request that is called so.
      if (this.#table.hasPendingLike(record.id, now)) throw idTaken();
      if (this.#table.countPending(now) >= MAX_PENDING_APPROVALS) throw tooMany();
      const ownCount = record.askedBy ? this.#table.countPendingOf(record.askedBy, now) : 0;
      if (ownCount >= MAX_PENDING_APPROVALS_PER_ASKER) throw tooMany();
      this.#table.prune(now - APPROVAL_RECORD_TTL_MS);
      this.#table.insert(record);
    });
    if (!isReachable) return { record, outcome: Promise.resolve(outcomeOf(record)) };
    // Whoever knew the id may have decided already.
    const outcome = this.waitDecision(record.kind, record.id);
    listeners?.onRequested?.(record);
    this.#schedule();
    return { record, outcome };
  }

  /**
   * Waits until a request is decided or given up.
   *
   * @throws {AppError} `APPROVAL_NOT_FOUND`; `GATEWAY_CLOSED` when the gateway stops first
   */
  waitDecision(kind: ApprovalKind, id: string): Promise<ApprovalOutcome> {
    const record = this.#table.find(id);
    if (record?.kind !== kind) throw nothingToWaitFor();
    if (this.#isPending(record)) return this.#wait(record);
    const endedAtMs = record.endedAtMs ?? record.expiresAtMs;
    if (this.#deps.clock.now() - endedAtMs > APPROVAL_GRACE_MS) {
      throw nothingToWaitFor();
    }
    return Promise.resolve(outcomeOf(record));
  }

  /** Requests that wait, the oldest first. */
  list(kind: ApprovalKind): PendingApproval[] {
    return this.#table.pending(kind, this.#deps.clock.now()).map(toPending);
  }

  /**
   * A request that waits, by its id or a beginning that only its id has.
   *
   * @throws {AppError} `APPROVAL_NOT_FOUND`, `APPROVAL_INVALID`
   */
  get(kind: ApprovalKind, idOrPrefix: string): ApprovalRecord {
    const exact = this.#table.find(idOrPrefix);
    if (exact?.kind === kind && this.#isPending(exact)) return exact;
    return onlyOne(this.#table.pending(kind, this.#deps.clock.now()), idOrPrefix);
  }

  /** A request by its whole id, whatever became of it; the record of what was decided. */
  record(id: string): ApprovalRecord | undefined {
    return this.#table.find(id);
  }

  /**
   * Decides a request. The same decision again is no mistake.
   *
   * @returns The request as it is now, and whether this call has decided it.
   * @throws {AppError} `APPROVAL_INVALID`, `APPROVAL_NOT_FOUND`, `APPROVAL_ALREADY_RESOLVED`,
   * `STORE_WRITE_FAILED`
   */
  async resolve(
    kind: ApprovalKind,
    idOrPrefix: string,
    decision: string,
    decider: ApprovalDecider,
  ): Promise<{ record: ApprovalRecord; isNews: boolean }> {
    if (!isDecision(decision)) throw invalidDecision();
    const id = this.#idToResolve(kind, idOrPrefix);
    const { store, clock, listeners } = this.#deps;
    const result = await store.transact(() => {
      const now = clock.now();
      const record = this.#table.find(id);
      if (record?.kind !== kind) throw unknownApproval();
      if (!this.#isPending(record)) {
        return { record: repeated(record, decision, now), isNews: false };
      }
      if (!record.allowedDecisions.includes(decision)) {
        throw decisionNotAllowed(kind, decision, record.allowedDecisions);
      }
      if (decision !== "deny" && isOwn(record, decider)) throw ownRequest();
      this.#table.resolve(id, decision, decider.name, now);
      return { record: this.#table.find(id)!, isNews: true };
    });
    if (!result.isNews) return result;
    const { record } = result;
    this.#settle(record);
    listeners?.onResolved?.(kind, {
      id,
      decision,
      resolvedBy: decider.name,
      ts: record.endedAtMs ?? clock.now(),
      request: record.request,
    });
    this.#schedule();
    return result;
  }

  /**
   * Makes use of a decision that holds once.
   *
   * @returns Whether this call was the first; resolves when that is on disk.
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  spend(id: string): Promise<boolean> {
    return this.#deps.store.transact(() => this.#table.spend(id, this.#deps.clock.now()));
  }

  /** Gives up the requests whose time is over; the manager's own timer calls it. */
  async sweep(): Promise<void> {
    const { store, clock } = this.#deps;
    const expired = await store.transact(() => {
      const now = clock.now();
      const overdue = this.#table.overdue(now);
      for (const { id } of overdue) this.#table.expire(id, now);
      return overdue;
    });
    for (const record of expired) this.#settle(record);
    this.#schedule();
  }

  /** Ends all waiting; the requests themselves stay. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const waiter of this.#waiters.values()) waiter.fail(closing());
    this.#waiters.clear();
  }

  /** Those decided just now count too: the same decision again is no mistake. */
  #idToResolve(kind: ApprovalKind, idOrPrefix: string): string {
    const exact = this.#table.find(idOrPrefix);
    if (exact !== undefined) return exact.id;
    const now = this.#deps.clock.now();
    const decided = this.#table.resolvedSince(kind, now - APPROVAL_GRACE_MS);
    return onlyOne([...this.#table.pending(kind, now), ...decided], idOrPrefix).id;
  }

  #isPending({ state, expiresAtMs }: ApprovalRecord): boolean {
    return state === "pending" && expiresAtMs > this.#deps.clock.now();
  }

  #wait({ id }: ApprovalRecord): Promise<ApprovalOutcome> {
    if (this.#isClosed) return Promise.reject(closing());
    const known = this.#waiters.get(id);
    if (known !== undefined) return known.promise;
    const { promise, resolve, reject } = Promise.withResolvers<ApprovalOutcome>();
    // Nobody may be waiting any more when the gateway stops.
    promise.catch(() => {});
    this.#waiters.set(id, { promise, settle: resolve, fail: reject });
    return promise;
  }

  #settle(record: ApprovalRecord): void {
    this.#waiters.get(record.id)?.settle(outcomeOf(record));
    this.#waiters.delete(record.id);
  }

  #schedule(minDelayMs = 0): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const next = this.#table.nextExpiry();
    if (next === undefined) return;
    const delayMs = Math.min(Math.max(next - this.#deps.clock.now(), minDelayMs), MAX_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.sweep().catch((error) => {
        this.#deps.listeners?.onError?.(error);
        this.#schedule(RETRY_MS);
      });
    }, delayMs);
  }
}

function closing(): AppError {
  return new AppError("GATEWAY_CLOSED", "Gateway is stopping; the request stays open", {
    hint: "openclaw approvals pending",
    retryable: true,
  });
}
