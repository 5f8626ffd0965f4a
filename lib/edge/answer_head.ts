/**
 * The head of an answer of the server behind the guard: where the answer ends and what follows it.
 *
 * @module
 */

/** How the body of an answer is delimited. */
export type AnswerFraming =
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "untilEnd" };

/** What the guard needs to know of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** Bytes of the head, empty line included. */
  readonly bytes: number;
  readonly framing: AnswerFraming;
  /** Whether another request may follow on the connection. */
  readonly keepsAlive: boolean;
}

const EMPTY = { kind: "length", bytes: 0 } as const;
const LATIN1 = new TextDecoder("latin1");

/**
 * Reads the head at the beginning of `bytes`.
 *
 * @param method Of the request that is answered.
 * @returns `undefined` while the head is incomplete.
 */
export function parseAnswerHead(bytes: Uint8Array, method: string): AnswerHead | undefined {
  const text = LATIN1.decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end + 2);
  const status = Number(head.slice(9, 12));
  const framing = framingOf(head, status, method);
  const connection = /\r\nconnection:[ \t]*([^\r]*)/i.exec(head)?.[1]?.toLowerCase() ?? "";
  const isOld = head.startsWith("HTTP/1.0");
  const keepsAlive = framing.kind !== "untilEnd" &&
    (isOld ? connection.includes("keep-alive") : !connection.includes("close"));
  return { status, bytes: end + 4, framing, keepsAlive };
}

function framingOf(head: string, status: number, method: string): AnswerFraming {
  if (status < 200 || status === 204 || status === 304 || method === "HEAD") return EMPTY;
  if (/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) return { kind: "chunked" };
  const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1];
  return length === undefined ? { kind: "untilEnd" } : { kind: "length", bytes: Number(length) };
}
