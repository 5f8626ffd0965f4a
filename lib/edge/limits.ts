/**
 * What a peer on a guarded listener may take, with units and reasons.
 *
 * @module
 */

/** The limits of one guard; times are checked every {@linkcode EdgeLimits.sweepMs}. */
export interface EdgeLimits {
  /** Request line and headers together; more is answered with 431. */
  readonly maxHeadBytes: number;
  /** Headers of one request. */
  readonly maxHeaders: number;
  /** Time for a whole head, from the accept or from its first byte: a trickle does not extend it. */
  readonly headMs: number;
  /** Time between two requests of one connection. */
  readonly idleMs: number;
  /** Longest silence within a request body. */
  readonly bodyIdleMs: number;
  /** Bytes a second that a body must come with on average, once `bodyGraceMs` were waited for it. */
  readonly minBodyRate: number;
  /** Waiting time before the rate of a body counts. */
  readonly bodyGraceMs: number;
  /** Longest time without the peer taking a byte that waits for it. */
  readonly writeStallMs: number;
  /** How long the peer may take to leave after the last byte was sent to it. */
  readonly lingerMs: number;
  /** How long a WebSocket peer may take to answer a close. */
  readonly closeAnswerMs: number;
  /** Bytes of a WebSocket before its client is authenticated. */
  readonly maxStrangerBytes: number;
  /** Connections altogether. */
  readonly maxConnections: number;
  /** Connections that are not authenticated WebSockets. */
  readonly maxStrangers: number;
  /** The same, of one address. */
  readonly maxStrangersPerAddress: number;
  /** Time between two looks at the deadlines. */
  readonly sweepMs: number;
}

/** The limits in force. */
export const EDGE_LIMITS: EdgeLimits = {
  maxHeadBytes: 16 * 1024,
  maxHeaders: 100,
  headMs: 10_000,
  idleMs: 60_000,
  bodyIdleMs: 15_000,
  minBodyRate: 256,
  bodyGraceMs: 10_000,
  writeStallMs: 30_000,
  lingerMs: 2_000,
  closeAnswerMs: 5_000,
  // The largest frame of a stranger with its successor: that it is too large must be told, not cut.
  maxStrangerBytes: 128 * 1024,
  maxConnections: 4096,
  maxStrangers: 512,
  maxStrangersPerAddress: 128,
  sweepMs: 500,
};
