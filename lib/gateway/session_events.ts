/**
 * Tells those who asked what happens to sessions: changes, lifecycle of runs, new messages.
 *
 * These events go to chosen connections, without a number.
 *
 * @module
 */
import type { Run, RunEvent } from "../agents/mod.ts";
import { AppError, type Clock } from "../base/mod.ts";
import type { SessionEntry, StoredMessage } from "../sessions/mod.ts";
import type { Broadcaster } from "./broadcaster.ts";
import { displayMessage } from "./chat_history.ts";
import type { Client } from "./client.ts";
import { sessionRow, type SessionRowDeps } from "./session_row.ts";

/** Characters kept of each text in an event. */
const MAX_TEXT_CHARS = 8000;

/** Single sessions that one connection may follow. */
const MAX_FOLLOWED = 1000;

/** What changed a session, in the protocol's words. */
export type SessionChange =
  | "create"
  | "send"
  | "steer"
  | "new"
  | "reset"
  | "patch"
  | "delete"
  | "abort"
  | "plugin-patch"
  | "compact"
  | "checkpoint-branch"
  | "checkpoint-restore";

/** Those who may follow sessions besides connections, such as streams over HTTP. */
const MAX_WATCHERS = 1000;

/** Is told that a session may have changed and, once, that nothing more will come. */
export type SessionWatcher = (event: "change" | "end") => void;

/** What the events are made of. */
export interface SessionEventsDeps extends SessionRowDeps {
  broadcaster: Broadcaster;
  clock: Clock;
}

/** Keeps who wants to know what, and tells them. */
export class SessionEvents {
  readonly #deps: SessionEventsDeps;
  /** Connections that want to know of every session. */
  readonly #everything = new Set<string>();
  /** Connections that want the messages of single sessions: connection → keys. */
  readonly #messages = new Map<string, Set<string>>();
  /** Who looks at the store by himself and only wants to know when: key → watchers. */
  readonly #watchers = new Map<string, Set<SessionWatcher>>();
  #watcherCount = 0;
  readonly #stop: () => void;

  constructor(deps: SessionEventsDeps) {
    this.#deps = deps;
    this.#stop = deps.runs.follow((event, run) => this.#takeRun(event, run));
  }

  subscribe({ connId }: Client): void {
    this.#everything.add(connId);
  }

  unsubscribe({ connId }: Client): void {
    this.#everything.delete(connId);
  }

  /** @throws {AppError} `UNAVAILABLE` when the connection follows too many already. */
  subscribeMessages({ connId }: Client, key: string): void {
    const keys = this.#messages.get(connId) ?? new Set();
    if (keys.size >= MAX_FOLLOWED && !keys.has(key)) {
      throw new AppError("UNAVAILABLE", `${MAX_FOLLOWED} sessions are followed already`, {
        hint: "Follow all of them with sessions.subscribe",
      });
    }
    this.#messages.set(connId, keys.add(key));
  }

  unsubscribeMessages({ connId }: Client, key: string): void {
    this.#messages.get(connId)?.delete(key);
  }

  /** Forgets a connection that is gone. */
  forget({ connId }: Client): void {
    this.#everything.delete(connId);
    this.#messages.delete(connId);
  }

  /**
   * Follows a session without a connection.
   *
   * @returns Stops it; nothing when too many follow already.
   */
  watch(key: string, watcher: SessionWatcher): (() => void) | undefined {
    if (this.#watcherCount >= MAX_WATCHERS) return undefined;
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
    this.#watcherCount++;
    return () => {
      if (!watchers.delete(watcher)) return;
      this.#watcherCount--;
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  dispose(): void {
    this.#stop();
    for (const watchers of [...this.#watchers.values()]) {
      for (const watcher of [...watchers]) watcher("end");
    }
  }

  #wake(key: string): void {
    for (const watcher of [...this.#watchers.get(key) ?? []]) watcher("change");
  }

  /** Tells that a session was changed by something else than a run. */
  changed(key: string, reason: SessionChange): void {
    this.#wake(key);
    if (this.#everything.size === 0) return;
    const row = reason === "delete" ? {} : this.#row(key);
    const hasActiveRun = this.#deps.runs.activeOf(key).length > 0;
    const state = reason === "delete" ? {} : { hasActiveRun };
    this.#toAll("sessions.changed", {
      ...row,
      ...state,
      sessionKey: key,
      reason,
      ...(reason === "compact" ? { compacted: true } : {}),
      ts: this.#deps.clock.now(),
    });
  }

  /** Tells that sessions were removed because they were old or too many. */
  cleanedUp(): void {
    for (const key of [...this.#watchers.keys()]) this.#wake(key);
    this.#toAll("sessions.changed", { reason: "cleanup", ts: this.#deps.clock.now() });
  }

  /** Tells of messages that were added to a transcript. */
  appended(key: string, messages: readonly StoredMessage[]): void {
    this.#wake(key);
    if (this.#everything.size === 0 && this.#messages.size === 0) return;
    const row = this.#row(key);
    for (const stored of messages) {
      const place = { messageId: stored.id, messageSeq: stored.seq };
      const message = displayMessage(stored, MAX_TEXT_CHARS);
      this.#toReaders(key, "session.message", {
        ...row,
        sessionKey: key,
        message,
        ...place,
        session: row,
      });
      this.#toAll("sessions.changed", {
        ...row,
        sessionKey: key,
        phase: "message",
        ts: this.#deps.clock.now(),
        ...place,
        session: row,
      });
    }
  }

  #takeRun(event: RunEvent, run: Run): void {
    const key = run.sessionKey;
    switch (event.type) {
      case "accepted":
        this.changed(key, event.created ? "create" : "send");
        return this.appended(key, [event.message]);
      case "start":
        return this.#lifecycle(key, run.runId, "start");
      case "end":
        this.appended(key, event.outcome.messages);
        return this.#lifecycle(key, run.runId, event.outcome.error ? "error" : "end");
    }
  }

  #lifecycle(key: string, runId: string, phase: "start" | "end" | "error"): void {
    if (this.#everything.size === 0) return;
    const row = this.#row(key);
    const ts = this.#deps.clock.now();
    this.#toAll("sessions.changed", { ...row, sessionKey: key, phase, runId, ts, session: row });
  }

  #row(key: string): Record<string, unknown> {
    const session: SessionEntry | undefined = this.#deps.store.getSession(key);
    return session ? { ...sessionRow(this.#deps, session) } : {};
  }

  #toAll(event: string, payload: Record<string, unknown>): void {
    for (const connId of this.#everything) this.#send(connId, event, payload);
  }

  #toReaders(key: string, event: string, payload: Record<string, unknown>): void {
    this.#toAll(event, payload);
    for (const [connId, keys] of this.#messages) {
      if (keys.has(key) && !this.#everything.has(connId)) this.#send(connId, event, payload);
    }
  }

  #send(connId: string, event: string, payload: Record<string, unknown>): void {
    const client = this.#deps.broadcaster.get(connId);
    if (client) this.#deps.broadcaster.sendTo(client, event, payload);
  }
}
