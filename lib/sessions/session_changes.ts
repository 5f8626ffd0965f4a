/**
 * Changes to a session that are not part of a run: patch, reset, deletion.
 *
 * Every function belongs inside a transaction.
 *
 * @module
 */
import { sessionNotFound } from "./session_table.ts";
import { createSession, STALE_TOTAL, type Tables } from "./turns.ts";
import type { SessionChange, SessionDeletion, SessionEntry } from "./types.ts";

/** @throws {AppError} `SESSION_NOT_FOUND`, `SESSION_LABEL_IN_USE`, or what `change` throws. */
export function patchSession(
  tables: Tables,
  key: string,
  change: SessionChange,
  now: number,
  agentId: string | undefined,
): SessionEntry {
  const { sessions } = tables;
  const found = sessions.find(key);
  if (found === undefined && agentId === undefined) throw sessionNotFound(key);
  const row = found ?? createSession(tables, key, agentId!, now);
  const { entry } = row;
  const patch = typeof change === "function" ? change(entry) : change;
  if (patch.label !== undefined) {
    sessions.setLabel(key, patch.label ?? undefined);
    assignOrClear(entry, "label", patch.label);
  }
  assignOrClear(entry, "modelProvider", patch.modelProvider);
  assignOrClear(entry, "model", patch.model);
  assignOrClear(entry, "contextTokens", patch.contextTokens);
  for (const [name, value] of Object.entries(patch.extra ?? {})) {
    if (value === null) delete entry.extra[name];
    else if (value !== undefined) entry.extra[name] = value;
  }
  entry.updatedAt = now;
  sessions.update(row);
  return entry;
}

/** @throws {AppError} `SESSION_NOT_FOUND` for an unknown key without an agent id. */
export function resetSession(
  tables: Tables,
  key: string,
  reason: string,
  now: number,
  agentId: string | undefined,
): SessionEntry {
  const old = tables.sessions.find(key);
  if (old === undefined) {
    if (agentId === undefined) throw sessionNotFound(key);
    return createSession(tables, key, agentId, now).entry;
  }
  tables.events.clear(key);
  tables.messages.finish(old.transcriptId, reason, now);
  const transcript = tables.messages.begin(key, now);
  const entry: SessionEntry = {
    ...old.entry,
    sessionId: transcript.sessionId,
    updatedAt: now,
    sessionStartedAt: now,
    lastInteractionAt: now,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    estimatedCostUsd: 0,
    abortedLastRun: false,
    extra: { ...old.entry.extra },
  };
  delete entry.extra[STALE_TOTAL];
  delete entry.status;
  delete entry.startedAt;
  delete entry.endedAt;
  tables.sessions.update({ entry, transcriptId: transcript.id });
  return entry;
}

/** Removes a session and, unless they are to be kept, abandons all its transcripts. */
export function deleteSession(
  { sessions, messages, long, events }: Tables,
  key: string,
  keepTranscripts: boolean,
  now: number,
): SessionDeletion {
  if (sessions.find(key) === undefined) return { deleted: false, sessionIds: [] };
  sessions.delete(key);
  events.clear(key);
  const transcripts = messages.transcriptsOf(key);
  for (const { id } of transcripts) {
    if (keepTranscripts) messages.finish(id, "deleted", now);
    else long.abandon(id);
  }
  return { deleted: true, sessionIds: transcripts.map((transcript) => transcript.sessionId) };
}

function assignOrClear<Key extends "label" | "modelProvider" | "model" | "contextTokens">(
  entry: SessionEntry,
  name: Key,
  value: SessionEntry[Key] | null,
): void {
  if (value === undefined) return;
  if (value === null) delete entry[name];
  else entry[name] = value;
}
