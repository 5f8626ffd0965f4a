/**
 * A request for approval, its decision, and who asks through which door.
 *
 * @module
 */
import type {
  ApprovalDecision,
  ApprovalOutcome,
  ApprovalResolved,
  PendingApproval,
} from "../protocol/mod.ts";

/** What is to be approved: a command, or something a plugin is about to do. */
export type ApprovalKind = "exec" | "plugin";

/** `unrouted`: nobody could be asked. */
export type ApprovalState = "pending" | "resolved" | "expired" | "unrouted";

/** The client that asks. */
export interface ApprovalClient {
  readonly connId: string;
  /** Absent for clients without a device of their own. */
  readonly deviceId?: string | undefined;
}

/** Who decides. */
export interface ApprovalDecider {
  /** What others are told. */
  readonly name: string;
  /** Absent for the gateway's own machine. */
  readonly client?: ApprovalClient;
  /** Whether it may allow what it asked for itself; it may always withdraw it. */
  readonly mayAllowOwn?: boolean;
}

/** A request as it is stored. */
export interface ApprovalRecord extends PendingApproval {
  readonly kind: ApprovalKind;
  readonly state: ApprovalState;
  readonly allowedDecisions: readonly ApprovalDecision[];
  /** Absent when one of the gateway's own tools asked. */
  readonly askedBy?: ApprovalClient;
  /** Absent as long as nobody has decided. */
  readonly decision?: ApprovalDecision;
  /** Name of the client that decided. */
  readonly resolvedBy?: string;
  /** When it was decided or given up; milliseconds since the epoch. */
  readonly endedAtMs?: number;
}

/** A question to people. */
export interface ApprovalQuestion {
  readonly kind: ApprovalKind;
  /** A new one is made up when absent. */
  readonly id?: string | undefined;
  /** What approvers are shown, as clients get it. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly allowedDecisions: readonly ApprovalDecision[];
  readonly timeoutMs: number;
  /** It does not count among those that could decide. */
  readonly askedBy?: ApprovalClient | undefined;
}

/** A question that was put. */
export interface AskedApproval {
  readonly record: ApprovalRecord;
  /** Settles when somebody decides, or with `null` when nobody does. */
  readonly outcome: Promise<ApprovalOutcome>;
}

/** The door through which the tools of an agent ask; they are handed it. */
export interface ApprovalAsker {
  /**
   * Asks people.
   *
   * @returns The question, once it is stored.
   * @throws {AppError} `APPROVAL_INVALID`, `UNAVAILABLE`, `STORE_WRITE_FAILED`
   */
  ask(question: ApprovalQuestion): Promise<AskedApproval>;
}

/** Who is told what happens to requests. */
export interface ApprovalListeners {
  onRequested?(record: ApprovalRecord): void;
  onResolved?(kind: ApprovalKind, resolved: ApprovalResolved): void;
  /** A write failed that nobody waits for. */
  onError?(error: unknown): void;
}
