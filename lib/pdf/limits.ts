/**
 * The bounds of reading one PDF file.
 *
 * @module
 */

/** From the start of the process to its answer, kept by the process itself. */
export const MAX_READING_MS = 10_000;

/** How much longer it has until it is killed, should it not end by itself. */
export const GRACE_MS = 5000;

/** Physical memory of the process; without a file it has 90 MB. */
export const MAX_PROCESS_BYTES = 384 * 1024 * 1024;

/** How often the process looks at its memory; in between a file can claim some 50 MB more. */
export const MEMORY_LOOK_MS = 20;

/** Processes at once. */
export const MAX_READERS = 2;

/** Files that wait for one of them; more are refused. */
export const MAX_WAITING = 32;

/** How long one waits; beyond it the client had better ask again. */
export const MAX_WAIT_MS = 20_000;

/** Longest answer for one UTF-16 unit of text: `\u0000`. */
export const BYTES_PER_CHAR = 6;

/** Room for what is around the text in an answer. */
export const ANSWER_FRAME_BYTES = 4096;
