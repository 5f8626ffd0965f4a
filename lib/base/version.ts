/**
 * Which build this is.
 *
 * @module
 */

/** The OpenClaw release whose wire and config format this build speaks. */
export const VERSION = "2026.5.12";

/** The first seven digits of the commit; the compile script stamps it into an executable. */
export const BUILD_COMMIT: string = "source";
