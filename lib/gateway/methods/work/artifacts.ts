/**
 * `artifacts.list`, `artifacts.get` and `artifacts.download`: the pictures of a conversation.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { canonicalSessionKey } from "../../../sessions/mod.ts";
import type { GatewayState } from "../../state.ts";

const MAX_ARTIFACTS = 500;

/** Which part of a transcript is looked through. */
interface Scope {
  sessionId: string;
  sessionKey: string;
  runId?: string;
  /** Milliseconds since the epoch, both inclusive. */
  fromMs: number;
  toMs: number;
}

interface PartRow {
  messageId: string;
  seq: number;
  role: string;
  ts: number;
  part: number;
  mimeType: string;
  chars: number;
}

const FROM = `FROM messages AS m JOIN transcripts AS t ON t.id = m.transcript_id,
    json_each(m.json, '$.content') AS part
  WHERE t.session_id = ? AND m.ts >= ? AND m.ts <= ? 
    AND CASE part.type WHEN 'object' THEN part.value ->> '$.type' END = 'image'`;

/** The pictures, newest first. */
export function listArtifacts(state: GatewayState, params: MethodParams<"artifacts.list">) {
  const scope = scopeOf(state, params);
  if (!scope) return { artifacts: [] };
  const rows = state.store.database.connection.all<PartRow>(
    `SELECT m.id AS messageId, m.seq, m.role, m.ts, part.key AS part,
        coalesce(part.value ->> '$.mimeType', '') AS mimeType,
        length(part.value ->> '$.data') AS chars
      ${FROM} ORDER BY m.seq DESC, part.key DESC LIMIT ?`,
    scope.sessionId,
    scope.fromMs,
    scope.toMs,
    MAX_ARTIFACTS,
  );
  return { artifacts: rows.map((row) => artifactRow(scope, row)) };
}

/** One picture without its bytes. @throws {AppError} `NOT_FOUND` */
export function getArtifact(state: GatewayState, params: MethodParams<"artifacts.get">) {
  const { artifacts } = listArtifacts(state, params);
  const artifact = artifacts.find(({ artifactId }) => artifactId === params.artifactId);
  if (artifact) return { artifact };
  throw new AppError("NOT_FOUND", "artifact not found", {
    hint: "openclaw gateway call artifacts.list",
    details: { type: "artifact_not_found", artifactId: params.artifactId },
  });
}

/** One picture with its bytes. @throws {AppError} `NOT_FOUND` */
export function downloadArtifact(state: GatewayState, params: MethodParams<"artifacts.download">) {
  const { artifact } = getArtifact(state, params);
  const scope = scopeOf(state, params)!;
  const row = state.store.database.connection.get<{ data: string }>(
    `SELECT part.value ->> '$.data' AS data ${FROM} AND m.seq = ? AND part.key = ?`,
    scope.sessionId,
    scope.fromMs,
    scope.toMs,
    artifact.messageSeq,
    artifact.part,
  );
  return { artifact, encoding: "base64", data: row?.data ?? "" };
}

function artifactRow(scope: Scope, { messageId, seq, role, ts, part, mimeType, chars }: PartRow) {
  const artifactId = `${messageId}-${part}`;
  return {
    artifactId,
    id: artifactId,
    type: "image",
    title: `Image of message ${seq}`,
    mimeType,
    sizeBytes: Math.floor(chars * 3 / 4),
    sessionKey: scope.sessionKey,
    ...(scope.runId === undefined ? {} : { runId: scope.runId }),
    messageSeq: seq,
    part,
    role,
    createdAt: ts,
    source: "transcript",
    download: { mode: "bytes" },
  };
}

/** Where to look, or `undefined` when the session or the run is not known. */
function scopeOf(
  state: GatewayState,
  { sessionKey, runId, taskId }: MethodParams<"artifacts.list">,
): Scope | undefined {
  const wantedRun = runId ?? taskId;
  if (sessionKey === undefined && wantedRun === undefined) {
    throw new AppError("INVALID_REQUEST", "artifacts require one of sessionKey, runId, or taskId", {
      hint: 'openclaw gateway call artifacts.list --params \'{"sessionKey":"main"}\'',
      details: { type: "artifact_query_unsupported" },
    });
  }
  if (wantedRun !== undefined) {
    const run = state.store.getRun(wantedRun);
    if (!run) return undefined;
    return {
      sessionId: run.sessionId,
      sessionKey: run.sessionKey,
      runId: run.runId,
      fromMs: run.startedAt,
      toMs: run.endedAt ?? state.clock.now(),
    };
  }
  const { key } = canonicalSessionKey(sessionKey!, { defaultAgentId: state.agents().defaultId });
  const session = state.store.getSession(key);
  if (!session) return undefined;
  const { sessionId } = session;
  return { sessionId, sessionKey: key, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
}
