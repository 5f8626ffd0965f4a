/**
 * Which shells completion knows.
 *
 * @module
 */

/** The shells that a script can be made for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];
