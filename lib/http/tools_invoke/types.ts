/**
 * What this endpoint is handed by the gateway.
 *
 * @module
 */

/** A call of a tool, as the request words it. */
export interface HttpToolInvocation {
  name: string;
  args: Record<string, unknown>;
  /** Goes into the arguments of a tool that has one of that name. */
  action?: string | undefined;
  sessionKey?: string | undefined;
  agentId?: string | undefined;
  idempotencyKey?: string | undefined;
  /** Everything is checked and nothing is done. */
  isDryRun: boolean;
  isOwner: boolean;
  /** The place on a channel that the headers name. */
  delivery?: { channel: string; to?: string; accountId?: string; threadId?: string };
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** What became of it. */
export type HttpToolOutcome =
  | { ok: true; result: unknown; isDryRun?: true }
  | { ok: false; type: string; status: number; code: string; message: string; hint?: string };

/** The tools of a gateway. */
export interface HttpTools {
  invoke(invocation: HttpToolInvocation): Promise<HttpToolOutcome>;
}
