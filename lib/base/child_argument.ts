/**
 * What tells this program that it was started to read a PDF file. A module of its own, since every start
 * looks at it.
 *
 * @module
 */

/** The first argument; no command has such a name, and none is told of it. */
export const PDF_CHILD_ARGUMENT = "__read-pdf";
