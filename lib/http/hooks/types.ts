/**
 * Webhooks as the HTTP surface sees them, and what it needs to serve them.
 *
 * @module
 */
/** When the main session hears of something: by a turn of its own, or with the next one. */
export type HookWakeMode = "now" | "next-heartbeat";

/** Tell the main session. */
export interface HookWake {
  readonly kind: "wake";
  readonly text: string;
  readonly mode: HookWakeMode;
}

/** Run a turn. */
export interface HookAgentRun {
  readonly kind: "agent";
  readonly message: string;
  /** What the webhook is called. */
  readonly name: string;
  /** When the main session hears of what it must be told. */
  readonly wakeMode: HookWakeMode;
  /** Whether the answer is sent to a channel. */
  readonly deliver: boolean;
  /** `last` or the id of a channel. */
  readonly channel: string;
  readonly agentId?: string;
  readonly sessionKey?: HookSessionKey;
  readonly to?: string;
  /** Present for a request that names one, be it blank. */
  readonly model?: string;
  readonly thinking?: string;
  /** Positive. */
  readonly timeoutSeconds?: number;
  /** Hands the message to the agent without the mark of foreign content. */
  readonly allowUnsafeExternalContent?: boolean;
}

/** The session that is asked for, and whether the content of a request had a part in it. */
export interface HookSessionKey {
  readonly key: string;
  readonly isRequested: boolean;
}

/** What a webhook sets off. */
export type HookAction = HookWake | HookAgentRun;

/** A request whose token is right. */
export interface HookCall {
  /** Below that of the webhooks, without slashes at its ends. */
  readonly path: string;
  readonly url: URL;
  /** By lower-case name, without those that carry the token. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; an object or an array. */
  readonly payload: Record<string, unknown>;
  /** The same request again has the same. */
  readonly idempotencyKey?: string;
}

/** What a mapping made of a request; its fields are those of an action, not checked yet. */
export interface MappedHook {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether the content of the request had a part in the session key. */
  readonly isSessionKeyRequested: boolean;
}

/** The verdict on a token. */
export type HookVerdict = { ok: true } | { ok: false; retryAfterMs?: number };

/** What the answer to an action says. */
export type HookReply = { mode: HookWakeMode } | { runId: string };

/** Webhooks that are served. */
export interface HttpHooks {
  /** Begins with a slash and ends without one. */
  readonly path: string;
  readonly maxBodyBytes: number;
  /** Judges a token; failures are counted by the address of the client. */
  authorize(token: string | undefined, address: string): HookVerdict;
  /**
   * What the mappings make of a request: `undefined` when none fits, `null` when one lets it be.
   *
   * @throws {AppError} `HOOK_MAPPING_FAILED`
   */
  map(call: HookCall): Promise<MappedHook | null | undefined>;
  /**
   * Carries an action out; it is on disk when this resolves.
   *
   * @throws {AppError} `INVALID_REQUEST`, or what it is refused with.
   */
  dispatch(action: HookAction, call: HookCall): Promise<HookReply>;
}
