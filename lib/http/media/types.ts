/**
 * What these endpoints are handed by the gateway.
 *
 * @module
 */

/** A file, or a part of a message, as it is sent. */
export interface HttpMediaBody {
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
  size: number;
  mimeType: string;
}

/** A local file that is not served, and why. */
export interface HttpMediaRefusal {
  ok: false;
  code:
    | "outside-allowed-folders"
    | "file-not-found"
    | "not-a-file"
    | "invalid-file"
    | "blocked-local-file";
  reason: string;
}

/** Pictures and files of conversations. */
export interface HttpMedia {
  /** A picture of a conversation by its id; nothing when the conversation has none of that id. */
  picture(sessionKey: string, id: string): HttpMediaBody | undefined;
  /** Whether a local file is served. */
  inspect(source: string): Promise<{ ok: true } | HttpMediaRefusal>;
  /** A local file; whoever does not read its body to the end cancels it. */
  open(source: string): Promise<({ ok: true } & HttpMediaBody) | HttpMediaRefusal>;
  /** A paper that opens one local file for a while, without any other credential. */
  issueTicket(source: string): Promise<{ ticket: string; expiresAt: number }>;
  isTicketValid(ticket: string, source: string): Promise<boolean>;
}
