/**
 * Turns that no person begins and nobody watches: jobs and webhooks.
 *
 * @module
 */

/** The workspace files such a turn gets, the documented ones: nothing private. */
export const UNWATCHED_CONTEXT_FILES: readonly string[] = ["AGENTS.md", "TOOLS.md"];
