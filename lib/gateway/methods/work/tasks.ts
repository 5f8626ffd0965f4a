/**
 * `tasks.list`, `tasks.get` and `tasks.cancel`: runs as tasks.
 *
 * @module
 */
import type { Run } from "../../../agents/mod.ts";
import { AppError } from "../../../base/mod.ts";
import { normalizeAgentId } from "../../../config/mod.ts";
import { DEFAULT_TASK_ROWS } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { canonicalSessionKey } from "../../../sessions/mod.ts";
import type { GatewayState } from "../../state.ts";

const MAX_TITLE_CHARS = 80;

type TaskStatus = NonNullable<MethodParams<"tasks.list">["status"]>;

interface RunRow {
  row: number;
  runId: string;
  sessionKey: string;
  sessionId: string;
  status: "ok" | "error" | "timeout" | null;
  stopReason: string | null;
  error: string | null;
  startedAt: number;
  endedAt: number | null;
}

const COLUMNS = `row, run_id AS runId, session_key AS sessionKey, session_id AS sessionId, status,
  stop_reason AS stopReason, error, started_at AS startedAt, ended_at AS endedAt`;

/** A state as the table of runs has it; which of the open ones run only the process knows. */
const CONDITIONS: Readonly<Record<TaskStatus, string>> = {
  queued: "status IS NULL",
  running: "status IS NULL",
  completed: "status = 'ok'",
  failed: "status = 'error'",
  cancelled: "status = 'timeout' AND stop_reason IS NOT 'timeout'",
  timed_out: "status = 'timeout' AND stop_reason IS 'timeout'",
};

/** The newest runs that match, newest first. */
export function listTasks(state: GatewayState, params: MethodParams<"tasks.list">) {
  const limit = params.limit ?? DEFAULT_TASK_ROWS;
  const before = params.cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(params.cursor);
  const defaultAgentId = state.agents().defaultId;
  const key = params.sessionKey === undefined
    ? null
    : canonicalSessionKey(params.sessionKey, { defaultAgentId }).key;
  const agent = params.agentId === undefined ? null : normalizeAgentId(params.agentId);
  const condition = params.status === undefined ? "TRUE" : CONDITIONS[params.status];
  const rows = state.store.database.connection.all<RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE row < ? AND (? IS NULL OR session_key = ?)
      AND (? IS NULL OR session_key LIKE 'agent:' || ? || ':%') AND ${condition}
      ORDER BY row DESC LIMIT ?`,
    before,
    key,
    key,
    agent,
    agent,
    limit + 1,
  );
  const page = rows.slice(0, limit);
  const tasks = page.map((row) => taskRow(state, row))
    .filter(({ status }) => params.status === undefined || status === params.status);
  return rows.length > limit ? { tasks, nextCursor: String(page.at(-1)!.row) } : { tasks };
}

/** One run. @throws {AppError} `NOT_FOUND` */
export function getTask(state: GatewayState, { taskId }: MethodParams<"tasks.get">) {
  const task = findTask(state, taskId);
  if (task) return { task };
  throw new AppError("NOT_FOUND", `task not found: ${taskId}`, {
    hint: "openclaw gateway call tasks.list",
  });
}

/** Ends a run that is under way, and waits until its end is stored. */
export async function cancelTask(
  state: GatewayState,
  { taskId }: MethodParams<"tasks.cancel">,
) {
  const run = state.runs.get(taskId);
  const wasCancelled = run?.abort("rpc") ?? false;
  if (run) await run.done;
  const task = findTask(state, taskId);
  if (!task) return { found: false, cancelled: false, reason: `No task found: ${taskId}` };
  if (wasCancelled) return { found: true, cancelled: true, task };
  return { found: true, cancelled: false, reason: `Task has already ${task.status}`, task };
}

function readCursor(cursor: string): number {
  const row = Number(cursor);
  if (Number.isSafeInteger(row) && row > 0) return row;
  throw new AppError("INVALID_REQUEST", `unknown cursor "${cursor}"`, {
    hint: "Send the nextCursor of the page before, or none",
  });
}

function findTask(state: GatewayState, taskId: string) {
  const row = state.store.database.connection.get<RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE run_id = ?`,
    taskId,
  );
  return row && taskRow(state, row);
}

function taskRow(state: GatewayState, row: RunRow) {
  const run = state.runs.get(row.runId);
  const { agentId } = canonicalSessionKey(row.sessionKey, {
    defaultAgentId: state.agents().defaultId,
  });
  const title = run?.request.message.replace(/\s+/g, " ").trim().slice(0, MAX_TITLE_CHARS);
  return {
    taskId: row.runId,
    id: row.runId,
    kind: "run",
    status: statusOf(row, run),
    agentId,
    sessionKey: row.sessionKey,
    sessionId: row.sessionId,
    runId: row.runId,
    createdAt: row.startedAt,
    updatedAt: row.endedAt ?? row.startedAt,
    startedAt: row.startedAt,
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...(title ? { title } : {}),
    ...(row.error === null ? {} : { error: row.error }),
  };
}

function statusOf({ status, stopReason }: RunRow, run: Run | undefined): TaskStatus {
  if (status === "ok") return "completed";
  if (status === "error") return "failed";
  if (status === "timeout") return stopReason === "timeout" ? "timed_out" : "cancelled";
  return run?.state === "accepting" || run?.state === "waiting" ? "queued" : "running";
}
