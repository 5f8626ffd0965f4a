/**
 * The one error class that may leave the process.
 *
 * Owns the shape of a failure: a stable code, what was attempted, and the next command to run. The
 * table that maps a code to exit status, HTTP status and WebSocket close code is in
 * `lib/protocol/errors.ts`.
 *
 * @module
 */

/** What an {@linkcode AppError} carries besides its message. */
export interface AppErrorOptions {
  /** The next thing to do, most often a command; shown on a line of its own. */
  readonly hint?: string;
  /** Whether the same call may succeed later without any change. */
  readonly retryable?: boolean;
  /** Machine-readable facts about the failure; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The failure underneath. */
  readonly cause?: unknown;
}

/**
 * A failure with a stable code, safe to show to a user or a client.
 *
 * @example Usage
 * ```ts ignore
 * throw new AppError("PORT_IN_USE", 'Cannot listen on "127.0.0.1:18789": the port is taken', {
 *   hint: "openclaw gateway status",
 * });
 * ```
 */
export class AppError extends Error {
  override readonly name: string = "AppError";
  /** Stable, `SNAKE_UPPER`; one of the table in `lib/protocol/errors.ts`. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.details = options.details;
  }
}

/** The text of anything that was thrown, without a stack trace. */
export function errorMessage(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  return String(thrown);
}
