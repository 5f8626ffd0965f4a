/**
 * The exit statuses of this program, as service managers, scripts and our own reports know them.
 *
 * @see sysexits.h
 * @module
 */

/** What an exit status means. */
export const EXIT = {
  DONE: 0,
  FAILED: 1,
  /** A root flag that cannot be used. */
  ROOT_FLAG: 2,
  USAGE: 64,
  UNREACHABLE: 69,
  TRY_LATER: 75,
  /** The configuration stands against it: service managers do not try again. */
  CONFIG: 78,
  /** Ended by Ctrl-C. */
  INTERRUPTED: 130,
} as const;
