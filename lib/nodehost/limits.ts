/**
 * The limits of a node host, with units and reasons.
 *
 * @module
 */

/** Programs that run at the same time. */
export const MAX_PARALLEL_RUNS = 8;
/** Other commands under way at the same time; they take milliseconds. */
export const MAX_PARALLEL_CALLS = 16;
/** Invokes that wait for a place; the next one is refused. */
export const MAX_WAITING_INVOKES = 64;

/** How long an answer is kept for a repeat of its id or key; as long as the gateway keeps its own. */
export const ANSWER_TTL_MS = 5 * 60_000;
/** Answers kept. */
export const MAX_KEPT_ANSWERS = 256;
/** Size of all kept answers together; the oldest go first. */
export const MAX_KEPT_ANSWER_CHARS = 8 * 1024 * 1024;

/** Output kept of each of the two streams of a program; the rest is read and dropped. */
export const MAX_OUTPUT_BYTES = 200_000;
/** Output that an event about a finished program carries, from its end. */
export const MAX_EVENT_OUTPUT_CHARS = 20_000;
/** How long a program may run unless the invoke says otherwise. */
export const DEFAULT_RUN_TIMEOUT_MS = 30 * 60_000;
/** Longest that an invoke may ask for; a timer cannot count further. */
export const MAX_RUN_TIMEOUT_MS = 24 * 60 * 60_000;
/** How long output is waited for that a left-over child holds open. */
export const OUTPUT_GRACE_MS = 1_000;
/** A larger script is not hashed for a plan. */
export const MAX_SCRIPT_BYTES = 16 * 1024 * 1024;
/** Names that one `system.which` may ask for. */
export const MAX_WHICH_BINS = 256;

/** Events kept while no gateway is connected; the oldest go first. */
export const MAX_UNSENT_EVENTS = 64;
/** Time between two signs of life. */
export const PRESENCE_INTERVAL_MS = 2 * 60_000;
/** Time between two tries while a person has to approve the node. */
export const PAIRING_RETRY_MS = 5_000;
/** Time between two tries while the gateway has locked this address out. */
export const LOCKOUT_RETRY_MS = 60_000;
/** How long the end of killed programs is waited for at the end of the node host. */
export const STOP_BUDGET_MS = 5_000;
