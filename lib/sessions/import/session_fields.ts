/**
 * From an entry of `sessions.json` to a session as the store keeps it; pure.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { STALE_TOTAL } from "../turns.ts";
import type { SessionEntry, SessionStatus } from "../types.ts";
import { momentOf } from "./entries.ts";

/** Has a column of its own, or is worked out when it is asked for. */
const NOT_EXTRA: ReadonlySet<string> = new Set([
  ...["sessionId", "updatedAt", "sessionStartedAt", "lastInteractionAt", "status", "startedAt"],
  ...["endedAt", "abortedLastRun", "label", "modelProvider", "model", "contextTokens"],
  ...["inputTokens", "outputTokens", "totalTokens", "estimatedCostUsd", "totalTokensFresh"],
  ...["sessionFile", "skillsSnapshot", "systemPromptReport", "runtimeMs", "compactionCheckpoints"],
  ...["providerOverride", "modelOverride"],
]);
const STATUSES: ReadonlySet<string> = new Set(["done", "failed", "killed", "timeout"]);

/** What a session is, without its transcript. */
export type SessionFields = Omit<SessionEntry, "key" | "agentId" | "sessionId">;

/** Reads what is known of a session; a missing moment is `fallback`. */
export function sessionFields(given: JsonObject, fallback: number): SessionFields {
  const updatedAt = momentOf(given.updatedAt) ?? fallback;
  const sessionStartedAt = momentOf(given.sessionStartedAt) ?? updatedAt;
  const fields: SessionFields = {
    createdAt: sessionStartedAt,
    updatedAt,
    sessionStartedAt,
    lastInteractionAt: momentOf(given.lastInteractionAt) ?? updatedAt,
    inputTokens: count(given.inputTokens),
    outputTokens: count(given.outputTokens),
    totalTokens: count(given.totalTokens),
    estimatedCostUsd: count(given.estimatedCostUsd),
    extra: extraOf(given),
  };
  addStatus(fields, given);
  for (const name of ["label", "modelProvider", "model"] as const) {
    const text = given[name];
    if (typeof text === "string" && text !== "") fields[name] = text;
  }
  if (count(given.contextTokens) > 0) fields.contextTokens = count(given.contextTokens);
  return fields;
}

/** A run that was under way when the file was written has no end here. */
function addStatus(fields: SessionFields, given: JsonObject): void {
  const [startedAt, endedAt] = [momentOf(given.startedAt), momentOf(given.endedAt)];
  if (startedAt !== undefined) fields.startedAt = startedAt;
  if (endedAt !== undefined) fields.endedAt = endedAt;
  if (typeof given.abortedLastRun === "boolean") fields.abortedLastRun = given.abortedLastRun;
  if (given.status === "running") {
    Object.assign(fields, { status: "failed", abortedLastRun: true });
    fields.endedAt ??= fields.updatedAt;
  } else if (typeof given.status === "string" && STATUSES.has(given.status)) {
    fields.status = given.status as SessionStatus;
  }
}

function extraOf(given: JsonObject): Record<string, unknown> {
  const extra: Record<string, unknown> = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => !NOT_EXTRA.has(name) && value != null),
  );
  if (given.totalTokensFresh === false) extra[STALE_TOTAL] = false;
  const { providerOverride, modelOverride } = given;
  if (typeof modelOverride === "string" && modelOverride !== "") {
    extra.modelOverride = typeof providerOverride === "string" && providerOverride !== ""
      ? `${providerOverride}/${modelOverride}`
      : modelOverride;
  }
  return extra;
}

/**
 * The id and the file of a session; nothing for an entry without a usable id. After a reset, the file
 * that an entry names may be that of the conversation before.
 */
export function transcriptOf(
  given: unknown,
  exists: (file: string) => boolean,
): { sessionId: string; file: string; entry: JsonObject } | undefined {
  if (!isObject(given) || typeof given.sessionId !== "string") return undefined;
  const { sessionId } = given;
  if (!isSessionId(sessionId)) return undefined;
  const own = `${sessionId}.jsonl`;
  const named = typeof given.sessionFile === "string"
    ? given.sessionFile.split(/[\\/]/).at(-1)
    : "";
  const isOwn = named && (named.startsWith(`${sessionId}-`) || !exists(own));
  return { sessionId, file: isOwn ? named : own, entry: given };
}

/** Whether a text can name a transcript. */
export function isSessionId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text);
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}
