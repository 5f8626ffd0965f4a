/**
 * The head of a request: found, checked, and written anew for the server behind the guard.
 *
 * Strict on purpose: whatever two readers could understand differently is refused (RFC 9112, 11.2).
 *
 * @module
 */
import { malformed, type Refusal } from "./refusal.ts";

/** How the body of a request is delimited. */
export type RequestFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" };

/** A head that may be passed on. */
export interface RequestHead {
  readonly method: string;
  /** Request line for the server behind, with the host in it, so that it builds the same URL. */
  readonly requestLine: string;
  /** Where the headers begin in the bytes that were parsed; they are passed on as they came. */
  readonly headersAt: number;
  /** Bytes that were parsed, empty line included. */
  readonly bytes: number;
  readonly framing: RequestFraming;
  readonly isUpgrade: boolean;
}

/** How many bytes and headers a head may have. */
export interface HeadLimits {
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
}

const CR = 0x0d;
const LF = 0x0a;
/** `token` of RFC 9110, 5.6.2. */
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([\\x21-\\x7e]+) HTTP/1\\.([01])$`);
const HEADER = new RegExp(`^(${TOKEN}):[ \\t]*(.*?)[ \\t]*$`);
const FIRST_BYTE = new RegExp(`^${TOKEN}$`);
/** Host and port, an address in brackets included; empty is allowed (RFC 9110, 7.2). */
const HOST = /^[A-Za-z0-9._~!$&'()*+,;=%:[\]-]*$/;
const LENGTH = /^\d{1,15}$/;
// deno-lint-ignore no-control-regex -- control characters are what must not be in there
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const LATIN1 = new TextDecoder("latin1");

/**
 * Looks for the end of a head.
 *
 * @param from Where to go on; bytes before it were searched earlier.
 * @returns Index behind the empty line, `undefined` while it has not come, or why the bytes are no head.
 */
export function findHeadEnd(
  bytes: Uint8Array,
  from: number,
  maxHeadBytes: number,
): number | undefined | Refusal {
  if (bytes.length > 0 && !FIRST_BYTE.test(String.fromCharCode(bytes[0]!))) {
    return malformed("This is not HTTP/1.1");
  }
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at - 1] !== CR) return malformed("Line ends with LF alone");
    if (bytes[at - 2] !== LF) continue;
    return at < maxHeadBytes ? at + 1 : tooLarge(maxHeadBytes);
  }
  return bytes.length >= maxHeadBytes ? tooLarge(maxHeadBytes) : undefined;
}

function tooLarge(maxBytes: number): Refusal {
  const message = `Request headers exceed ${maxBytes} bytes`;
  return { status: 431, code: "HEADERS_TOO_LARGE", message };
}

/** The headers that decide how a request is read. */
interface Decisive {
  host?: string;
  length?: string;
  coding?: string;
  expect?: string;
  upgrade?: string;
}

const DECISIVE: Readonly<Record<string, keyof Decisive>> = {
  "host": "host",
  "content-length": "length",
  "transfer-encoding": "coding",
  "expect": "expect",
  "upgrade": "upgrade",
};

/**
 * Checks a whole head.
 *
 * @param bytes The head, empty line included.
 * @param reserved Lower-case name of the header that only the guard may set.
 */
export function parseRequestHead(
  bytes: Uint8Array,
  limits: HeadLimits,
  reserved: string,
): RequestHead | Refusal {
  const lines = LATIN1.decode(bytes.subarray(0, bytes.length - 4)).split("\r\n");
  const line = REQUEST_LINE.exec(lines[0]!);
  if (!line) return malformed("Malformed request line");
  const [, method, target, minor] = line as unknown as [string, string, string, string];
  if (lines.length - 1 > limits.maxHeaders) {
    const message = `Request has more than ${limits.maxHeaders} headers`;
    return { status: 431, code: "HEADERS_TOO_LARGE", message };
  }
  const found = readHeaders(lines, reserved);
  if ("status" in found) return found;
  const problem = checkTarget(method, target) ?? checkHost(found.host, minor) ??
    checkExpectation(found.expect);
  if (problem) return problem;
  const framing = framingOf(found, minor);
  if ("status" in framing) return framing;
  const isUpgrade = found.upgrade !== undefined;
  if (isUpgrade && minor === "0") return malformed("HTTP/1.0 has no upgrades");
  if (isUpgrade && framing.kind !== "none") return malformed("An upgrade has no body");
  const origin = target.startsWith("/") && found.host ? `http://${found.host}` : "";
  return {
    method,
    requestLine: `${method} ${origin}${target} HTTP/1.${minor}\r\n`,
    headersAt: lines[0]!.length + 2,
    bytes: bytes.length,
    framing,
    isUpgrade,
  };
}

function readHeaders(lines: readonly string[], reserved: string): Decisive | Refusal {
  const found: Decisive = {};
  for (let i = 1; i < lines.length; i++) {
    const header = HEADER.exec(lines[i]!);
    // A line that begins with a blank would continue the one before it.
    if (!header || CONTROL.test(header[2]!)) return malformed("Malformed header");
    const name = header[1]!.toLowerCase();
    if (name === reserved) return malformed("Reserved header");
    const key = Object.hasOwn(DECISIVE, name) ? DECISIVE[name]! : undefined;
    if (key === undefined) continue;
    if (found[key] !== undefined) return malformed(`More than one ${header[1]}`);
    found[key] = header[2]!;
  }
  return found;
}

function checkTarget(method: string, target: string): Refusal | undefined {
  const isKnown = target.startsWith("/") || /^https?:\/\/[^/?#@]+(?:[/?]|$)/i.test(target) ||
    (target === "*" && method === "OPTIONS");
  return isKnown && !target.includes("#") ? undefined : malformed("Malformed request target");
}

function checkHost(host: string | undefined, minor: string): Refusal | undefined {
  if (host === undefined) return minor === "0" ? undefined : malformed("No Host");
  return HOST.test(host) ? undefined : malformed("Malformed Host");
}

function checkExpectation(expect: string | undefined): Refusal | undefined {
  if (expect === undefined || expect.toLowerCase() === "100-continue") return undefined;
  return { status: 417, code: "INVALID_REQUEST", message: "Unknown expectation" };
}

function framingOf({ length, coding }: Decisive, minor: string): RequestFraming | Refusal {
  if (coding !== undefined) {
    if (length !== undefined) return malformed("Both Content-Length and Transfer-Encoding");
    if (minor === "0") return malformed("HTTP/1.0 has no Transfer-Encoding");
    if (coding.toLowerCase() === "chunked") return { kind: "chunked" };
    return { status: 501, code: "INVALID_REQUEST", message: "Unknown transfer coding" };
  }
  if (length === undefined) return { kind: "none" };
  if (!LENGTH.test(length)) return malformed("Malformed Content-Length");
  const bytes = Number(length);
  return bytes === 0 ? { kind: "none" } : { kind: "length", bytes };
}
