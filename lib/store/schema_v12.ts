/**
 * Step 12 of the schema: in which pieces kept responses were streamed, so that they can be told again.
 *
 * @module
 */

/** Adds a column: lengths of the pieces, in order, a space between two. */
export const PIECES_SCHEMA = `
ALTER TABLE responses ADD COLUMN pieces TEXT;
`;
