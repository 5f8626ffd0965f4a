/**
 * Pieces of the log.
 *
 * @module
 */

/** A piece of the log. */
export interface LogChunk {
  readonly file: string;
  /** Byte that the next piece begins at. */
  readonly cursor: number;
  readonly size: number;
  readonly lines: readonly string[];
  /** Older lines were left out. */
  readonly truncated?: boolean;
  /** The file was rotated since the last piece. */
  readonly reset?: boolean;
}

/** Which piece is wanted. */
export interface LogQuery {
  readonly cursor?: number | undefined;
  readonly limit: number;
  readonly maxBytes: number;
}
