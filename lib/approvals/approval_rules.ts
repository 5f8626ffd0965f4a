/**
 * What holds for requests and decisions, without the table they are in.
 *
 * @module
 */
import { randomId } from "../base/mod.ts";
import {
  APPROVAL_GRACE_MS,
  type ApprovalDecision,
  type ApprovalOutcome,
  MAX_APPROVAL_ID_CHARS,
  type PendingApproval,
} from "../protocol/mod.ts";
import {
  alreadyResolved,
  ambiguousApproval,
  idUnusable,
  unknownApproval,
} from "./approval_error.ts";
import type { ApprovalClient, ApprovalDecider, ApprovalKind, ApprovalRecord } from "./types.ts";

const DECISIONS: readonly ApprovalDecision[] = ["allow-once", "allow-always", "deny"];

/** @throws {AppError} `APPROVAL_INVALID` when people could not read the id, or type it. */
export function checkId(id: string): void {
  if (id.length > MAX_APPROVAL_ID_CHARS || /[\p{C}\p{Z}]/u.test(id)) throw idUnusable();
}

/** The one record whose id begins so. */
export function onlyOne(records: readonly ApprovalRecord[], prefix: string): ApprovalRecord {
  const [found, ...others] = records.filter(({ id }) => id.startsWith(prefix));
  if (found === undefined) throw unknownApproval();
  if (others.length > 0) throw ambiguousApproval(prefix);
  return found;
}

/** The answer to whoever asked; the decision is `null` when there is none. */
export function outcomeOf(
  { id, decision, createdAtMs, expiresAtMs }: ApprovalRecord,
): ApprovalOutcome {
  return { id, decision: decision ?? null, createdAtMs, expiresAtMs };
}

/** A request as approvers list it. */
export function toPending(
  { id, request, createdAtMs, expiresAtMs }: ApprovalRecord,
): PendingApproval {
  return { id, request, createdAtMs, expiresAtMs };
}

/** A new id, which tells the kind. */
export function newId(kind: ApprovalKind): string {
  return kind === "plugin" ? `plugin:${randomId()}` : randomId();
}

/** Whether the decider asked for this itself, over this or another connection of its device. */
export function isOwn(
  { askedBy }: ApprovalRecord,
  { client, mayAllowOwn }: ApprovalDecider,
): boolean {
  if (mayAllowOwn || askedBy === undefined || client === undefined) return false;
  return isSameClient(askedBy, client);
}

/** Whether two connections are those of one client. */
export function isSameClient(one: ApprovalClient, other: ApprovalClient): boolean {
  return one.connId === other.connId ||
    (one.deviceId !== undefined && one.deviceId === other.deviceId);
}

/** Whether a decision has this name. */
export function isDecision(text: string): text is ApprovalDecision {
  return DECISIONS.some((decision) => decision === text);
}

/** A request that was decided just now, when it was decided the same way. */
export function repeated(
  record: ApprovalRecord,
  decision: ApprovalDecision,
  now: number,
): ApprovalRecord {
  const { state, endedAtMs = 0, resolvedBy } = record;
  if (state !== "resolved" || now - endedAtMs > APPROVAL_GRACE_MS) throw unknownApproval();
  if (record.decision === decision) return record;
  throw alreadyResolved(record.decision!, resolvedBy);
}
