/**
 * What these endpoints are handed by the gateway.
 *
 * @module
 */

/** Which part of a transcript is wanted; all of it when empty. */
export interface HttpHistoryQuery {
  /** Messages at most. */
  limit?: number;
  /** Only messages before this position. */
  beforeSeq?: number;
}

/** A message as clients see it. */
export type HttpMessage = Record<string, unknown>;

/** A part of a transcript, oldest first. */
export interface HttpHistoryPage {
  messages: HttpMessage[];
  /** Position to go on before; absent at the beginning of the transcript. */
  nextCursor?: string;
}

/** Where a transcript ends now. */
export interface TranscriptEnd {
  /** Another one after a reset. */
  sessionId: string;
  /** Position of the newest message, 0 when there is none. */
  lastSeq: number;
}

/** A message that was added, and where. */
export interface HttpAddedMessage {
  id: string;
  seq: number;
  message: HttpMessage;
}

/** The sessions of a gateway. */
export interface HttpSessions {
  /** The stored form of a key; nothing for what is none. */
  canonicalKey(written: string): string | undefined;
  /** Nothing for a session that is not there. */
  end(key: string): TranscriptEnd | undefined;
  history(key: string, query: HttpHistoryQuery): HttpHistoryPage;
  /** Messages behind a position, oldest first. */
  after(key: string, seq: number, limit: number): HttpAddedMessage[];
  /**
   * Follows what happens to a session.
   *
   * @param listener Told that something may have changed, and once that nothing will any more.
   * @returns Stops following; nothing when too many follow already.
   */
  watch(key: string, listener: (event: "change" | "end") => void): (() => void) | undefined;
  /** Whether a session began another one, directly or over others. */
  controls(requester: string, key: string): boolean;
  /** Ends what runs in a session and answers whether there was anything. */
  kill(key: string): Promise<boolean>;
}
