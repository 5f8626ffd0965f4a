/**
 * What the dialect of responses is handed by the gateway: responses that are kept, and limits.
 *
 * @module
 */

/** A point of a conversation. */
export interface HttpPlace {
  sessionKey: string;
  /** The transcript. */
  sessionId: string;
  /** Position of the last message that belongs to it. */
  seq: number;
}

/** Whose a stored response is: only the same three find it again. */
export interface HttpResponseOwner {
  subject: string;
  agentId: string;
  /** Value of `x-openclaw-session-key`, when there was one. */
  sessionHeader?: string;
}

/** A response that clients may come back to. */
export interface HttpStoredResponse extends HttpResponseOwner {
  /** Also the id of its run. */
  id: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** The response as clients read it. */
  response: Record<string, unknown>;
  /** Lengths of the pieces in which it was streamed, in order; absent until it has ended. */
  pieces?: readonly number[];
  /** What it answers, as items with ids, oldest first. */
  input: Record<string, unknown>[];
  /** Where its conversation stood after it; absent until it has ended well. */
  place?: HttpPlace;
}

/** A response that is made without a client waiting for it. */
export interface HttpBackgroundWork {
  /** Aborted when somebody cancels it. */
  readonly signal: AbortSignal;
  /** Called when nothing is done for it any more. */
  end(): void;
}

/** The events of a response that is made in the background, which any number of readers follow. */
export interface HttpResponseJournal {
  /** Resolves when nothing is done for the response any more. */
  readonly ended: Promise<void>;
  /**
   * Some of the events from a number on, at least one; waits for what has not happened yet.
   *
   * @returns `undefined` when nothing comes any more.
   */
  read(from: number): Promise<readonly Record<string, unknown>[] | undefined>;
}

/** Responses that are kept for their owners, for a time and in number bounded. */
export interface HttpResponseStore {
  /** A response of a subject; of another one's nothing is known. */
  find(id: string, subject: string): HttpStoredResponse | undefined;
  /** Keeps a response, in place of an earlier form of it; it is on disk when this resolves. */
  save(stored: HttpStoredResponse): Promise<void>;
  /** Whether there was such a response. */
  remove(id: string, subject: string): Promise<boolean>;
  /**
   * The session in which the conversation goes on behind a response: its own for the first who asks,
   * a branch of it for all others and where it has gone on otherwise.
   *
   * @returns `undefined` when there is no such response, or nothing is left of its conversation.
   */
  continueFrom(id: string, owner: HttpResponseOwner): Promise<string | undefined>;
  /** Says that a response is made in the background, and where it is told of. */
  begin(id: string, journal: HttpResponseJournal): HttpBackgroundWork;
  /** Where a response is told of that is made in the background; of all others nothing is. */
  journal(id: string): HttpResponseJournal | undefined;
  /** Whether a response is made in the background. */
  isUnderWay(id: string): boolean;
  /** Ends such work, and waits until it has ended. */
  cancel(id: string): Promise<void>;
}

/** The bounds of one kind of files. */
export interface HttpFileLimits {
  /** Whether they may be named by address. */
  allowUrl: boolean;
  /** Host names, exact or as `*.example.com`; all of the internet when absent. */
  urlAllowlist?: readonly string[];
  allowedMimes: readonly string[];
  /** Decoded. */
  maxBytes: number;
  maxRedirects: number;
  timeoutMs: number;
}

/** The bounds of what a responses request may bring along. */
export interface HttpResponseLimits {
  /** Parts that are named by address. */
  maxUrlParts: number;
  files: HttpFileLimits & {
    /** Text of one file, in UTF-16 units. */
    maxChars: number;
    pdf: {
      maxPages: number;
      /** Text below which a file with pictures counts as a scan. */
      minTextChars: number;
    };
  };
  images: HttpFileLimits;
}
