/**
 * Time as an argument, so that tests can hold it still.
 *
 * @module
 */

/** Where the current time comes from; the real one is in `lib/platform`. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds of a clock that never goes back; only differences mean anything. */
  monotonic(): number;
}
