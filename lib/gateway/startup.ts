/**
 * The part of a start in which the gateway listens already and cannot serve yet.
 *
 * @module
 */
import { CLOSE, CLOSE_REASON, type ErrorShape } from "../protocol/mod.ts";
import type { HandshakeRefusal } from "./handshake.ts";

const RETRY_AFTER_MS = 500;
const REASON = "startup-sidecars";

/** Methods that need what is still being started; the others answer from what is there. */
const BLOCKED_METHODS: ReadonlySet<string> = new Set([
  "agent.wait",
  "chat.history",
  "models.list",
  "sessions.list",
  "sessions.abort",
  "sessions.create",
  "sessions.send",
  "tools.effective",
]);

/** Keeps clients waiting while something holds the start up. */
export class Startup {
  readonly #holders = new Set<string>();
  /** Told when the last one lets go. */
  onReady: (() => void) | undefined;

  /** What holds the start up; empty once it is over. */
  get pending(): string[] {
    return [...this.#holders];
  }

  /** Holds the start up under a name until the answer is called. */
  hold(name: string): () => void {
    this.#holders.add(name);
    return () => {
      if (this.#holders.delete(name) && this.#holders.size === 0) this.onReady?.();
    };
  }

  /** The refusal of a connect that comes too early; clients then try again by themselves. */
  refuseConnect(): HandshakeRefusal | undefined {
    if (this.#holders.size === 0) return undefined;
    return {
      ok: false,
      error: starting({ reason: REASON }),
      closeCode: CLOSE.STARTING,
      closeReason: CLOSE_REASON.STARTING,
    };
  }

  /** The refusal of a call that comes too early. */
  refuseCall(method: string): ErrorShape | undefined {
    if (this.#holders.size === 0 || !BLOCKED_METHODS.has(method)) return undefined;
    return starting({ reason: REASON, method });
  }
}

function starting(details: Record<string, unknown>): ErrorShape {
  return {
    code: "UNAVAILABLE",
    message: "gateway starting; retry shortly",
    details,
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
  };
}
