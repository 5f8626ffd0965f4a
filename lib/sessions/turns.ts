/**
 * What a run does to its session: its beginning, its end, and the end it gets when the process died.
 *
 * Every function belongs inside a transaction.
 *
 * @module
 */
import type { CheckpointTable } from "./checkpoint_table.ts";
import { withEventLines } from "./event_lines.ts";
import type { EventTable } from "./event_table.ts";
import type { LongTranscripts } from "./long_transcripts.ts";
import type { MessageTable, Transcript } from "./message_table.ts";
import type { RunTable } from "./run_table.ts";
import type { SessionRow, SessionTable } from "./session_table.ts";
import type {
  AssistantMessage,
  BegunRun,
  EndedRun,
  RunBeginning,
  RunEnding,
  RunRecord,
  RunStatus,
  SessionCreation,
  SessionEntry,
  SessionStatus,
  TranscriptMessage,
} from "./types.ts";

/** The tables a run touches. */
export interface Tables {
  readonly sessions: SessionTable;
  readonly messages: MessageTable;
  readonly runs: RunTable;
  readonly long: LongTranscripts;
  readonly checkpoints: CheckpointTable;
  readonly events: EventTable;
}

/** The provider of messages that the gateway itself wrote: they say nothing of a session's model. */
export const GATEWAY_PROVIDER = "openclaw";

/** In `extra`, with the value `false`: `totalTokens` is an estimate until the next call to a model. */
export const STALE_TOTAL = "totalTokensFresh";

const STATUS_OF_RUN: Readonly<Record<RunStatus, SessionStatus>> = {
  ok: "done",
  error: "failed",
  timeout: "timeout",
};

/** Creates a session, with an empty transcript unless there is one for it. */
export function createSession(
  tables: Tables,
  key: string,
  agentId: string,
  now: number,
  create: SessionCreation = {},
  transcript: Pick<Transcript, "id" | "sessionId"> = tables.messages.begin(key, now),
): SessionRow {
  const { extra, ...rest } = create;
  const entry: SessionEntry = {
    ...rest,
    key,
    agentId,
    sessionId: transcript.sessionId,
    createdAt: now,
    updatedAt: now,
    sessionStartedAt: now,
    lastInteractionAt: now,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    estimatedCostUsd: 0,
    extra: { ...extra },
  };
  const row = { entry, transcriptId: transcript.id };
  tables.sessions.insert(row);
  return row;
}

/** Adds messages to a session's current transcript and their tokens to its counts. */
export function appendToSession(
  tables: Tables,
  { entry, transcriptId }: SessionRow,
  messages: readonly TranscriptMessage[],
) {
  for (const message of messages) {
    if (message.role === "assistant" && message.provider !== GATEWAY_PROVIDER) {
      addUsage(entry, message);
    }
  }
  return tables.messages.append({ id: transcriptId, sessionId: entry.sessionId }, messages);
}

/** @throws {AppError} `RUN_EXISTS`; nothing may be kept of the transaction then. */
export function beginRun(tables: Tables, beginning: RunBeginning): BegunRun {
  const { runId, key, agentId, now, create } = beginning;
  const found = tables.sessions.find(key);
  const row = found ?? createSession(tables, key, agentId, now, create);
  const { entry } = row;
  const run: RunRecord = {
    runId,
    sessionKey: key,
    sessionId: entry.sessionId,
    startedAt: now,
  };
  tables.runs.insert(run);
  const message = withEventLines(beginning, tables.events.take(key));
  const [stored] = appendToSession(tables, row, [message]);
  entry.updatedAt = now;
  if (!beginning.isBackground) entry.lastInteractionAt = now;
  entry.status = "running";
  entry.startedAt = now;
  entry.abortedLastRun = false;
  delete entry.endedAt;
  tables.sessions.update(row);
  return { session: entry, created: found === undefined, message: { ...stored!, message }, run };
}

/** @throws {AppError} `RUN_NOT_FOUND` when the run is unknown or has ended. */
export function endRun(tables: Tables, ending: RunEnding): EndedRun {
  const run = tables.runs.requireOpen(ending.runId);
  run.status = ending.status;
  run.endedAt = ending.now;
  if (ending.stopReason !== undefined) run.stopReason = ending.stopReason;
  if (ending.error !== undefined) run.error = ending.error;
  if (ending.result !== undefined) run.result = ending.result;
  tables.runs.finish(run);
  const row = tables.sessions.find(run.sessionKey);
  if (row?.entry.sessionId !== run.sessionId) {
    // Reset or deleted meanwhile: what was said belongs to the old transcript, if that is still there.
    const transcript = tables.messages.find(run.sessionId);
    const messages = transcript === undefined
      ? []
      : tables.messages.append(transcript, ending.messages);
    return { session: row?.entry, messages, run };
  }
  if (ending.messages.some((message) => message.role === "assistant" && isMetered(message))) {
    row.entry.inputTokens = 0;
    row.entry.outputTokens = 0;
  }
  const messages = appendToSession(tables, row, ending.messages);
  finishSession(row.entry, ending);
  // The next one in line has begun as far as a reader is concerned.
  if (tables.runs.hasOpen(run.sessionKey)) row.entry.status = "running";
  tables.sessions.update(row);
  return { session: row.entry, messages, run };
}

/** Gives every run that has no outcome the one of a process that died. */
export function failOpenRuns(tables: Tables, now: number): RunRecord[] {
  const open = tables.runs.open();
  for (const run of open) {
    run.status = "error";
    run.stopReason = "interrupted";
    run.error = "The gateway stopped while the run was under way";
    run.endedAt = now;
    tables.runs.finish(run);
    const row = tables.sessions.find(run.sessionKey);
    if (row === undefined || row.entry.status !== "running") continue;
    Object.assign(row.entry, { status: "failed", endedAt: now, abortedLastRun: true });
    tables.sessions.update(row);
  }
  return open;
}

function finishSession(entry: SessionEntry, ending: RunEnding): void {
  entry.updatedAt = ending.now;
  entry.endedAt = ending.now;
  entry.status = ending.sessionStatus ?? STATUS_OF_RUN[ending.status];
  entry.abortedLastRun = ending.messages.some((message) =>
    message.role === "assistant" && message.stopReason === "aborted"
  );
  if (ending.contextTokens !== undefined) entry.contextTokens = ending.contextTokens;
}

/** Tokens are those of the newest run, `totalTokens` what its last call filled; the cost adds up. */
function addUsage(entry: SessionEntry, message: AssistantMessage): void {
  const { usage, provider, model } = message;
  entry.modelProvider = provider;
  entry.model = model;
  if (!isMetered(message)) return;
  entry.inputTokens += usage.input;
  entry.outputTokens += usage.output;
  entry.totalTokens = usage.input + usage.cacheRead + usage.cacheWrite;
  delete entry.extra[STALE_TOTAL];
  entry.estimatedCostUsd += usage.cost.total;
}

/** Whether the provider said what the message cost; it does not when it is cut short. */
function isMetered({ usage }: AssistantMessage): boolean {
  return usage.input + usage.output + usage.cacheRead + usage.cacheWrite > 0;
}
