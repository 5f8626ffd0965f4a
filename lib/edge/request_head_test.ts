import { assert, assertEquals } from "@std/assert";
import { findHeadEnd, parseRequestHead, type RequestHead } from "./request_head.ts";
import type { Refusal } from "./refusal.ts";

const LIMITS = { maxHeadBytes: 1024, maxHeaders: 5 };
const encoder = new TextEncoder();

/** The head `text` as it is read from the wire: found first, then parsed. */
function read(text: string): RequestHead | Refusal | undefined {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const end = findHeadEnd(bytes, 0, LIMITS.maxHeadBytes);
  return typeof end === "number"
    ? parseRequestHead(bytes.subarray(0, end), LIMITS, "x-edge-secret")
    : end;
}

function accepted(text: string): RequestHead {
  const head = read(text);
  if (head === undefined || "status" in head) throw new Error(JSON.stringify(head));
  return head;
}

function refused(text: string): string {
  const head = read(text);
  return head !== undefined && "status" in head ? `${head.status} ${head.message}` : "accepted";
}

const HOST = "Host: gateway.example:18789\r\n";

Deno.test("parseRequestHead() writes the request line with the host and keeps the headers", () => {
  const text = `GET /a/../b?x=1 HTTP/1.1\r\n${HOST}Accept:  */* \r\n\r\n`;
  const head = accepted(`${text}GET /next`);
  assertEquals(head.requestLine, "GET http://gateway.example:18789/a/../b?x=1 HTTP/1.1\r\n");
  assertEquals(text.slice(head.headersAt, head.bytes), `${HOST}Accept:  */* \r\n\r\n`);
  assertEquals([head.method, head.framing, head.isUpgrade], ["GET", { kind: "none" }, false]);
});

Deno.test("parseRequestHead() accepts every way in which a request may be written", () => {
  const lines = [
    `GET http://other.example/x HTTP/1.1\r\n${HOST}`,
    `OPTIONS * HTTP/1.1\r\n${HOST}`,
    "GET / HTTP/1.0\r\n",
    `PROPFIND / HTTP/1.1\r\n${HOST}`,
    `GET / HTTP/1.1\r\nhOST:[::1]:18789\r\n`,
    "GET / HTTP/1.1\r\nHost:\r\n",
    `GET / HTTP/1.1\r\n${HOST}X-Empty:\r\n`,
    `GET / HTTP/1.1\r\n${HOST}X-Latin: caf\xe9\r\n`,
    `POST / HTTP/1.1\r\n${HOST}Expect: 100-Continue\r\nContent-Length: 3\r\n`,
  ];
  for (const line of lines) assertEquals(refused(`${line}\r\n`), "accepted", line);
});

Deno.test("parseRequestHead() knows how long the body is", () => {
  const framing = (headers: string) => accepted(`POST / HTTP/1.1\r\n${HOST}${headers}\r\n`).framing;
  assertEquals(framing("Content-Length: 12\r\n"), { kind: "length", bytes: 12 });
  assertEquals(framing("Content-Length: 0\r\n"), { kind: "none" });
  assertEquals(framing("Transfer-Encoding: Chunked\r\n"), { kind: "chunked" });
});

Deno.test("parseRequestHead() refuses a body that two readers could end at different places", () => {
  const cases = [
    ["Content-Length: 3\r\nContent-Length: 3\r\n", "400 More than one Content-Length"],
    ["Content-Length: 3, 3\r\n", "400 Malformed Content-Length"],
    ["Content-Length: +3\r\n", "400 Malformed Content-Length"],
    ["Content-Length: 0x3\r\n", "400 Malformed Content-Length"],
    ["Content-Length: 9999999999999999\r\n", "400 Malformed Content-Length"],
    ["Content-Length:\r\n", "400 Malformed Content-Length"],
    [
      "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
      "400 Both Content-Length and Transfer-Encoding",
    ],
    ["Transfer-Encoding: gzip, chunked\r\n", "501 Unknown transfer coding"],
    ["Transfer-Encoding: chunked, identity\r\n", "501 Unknown transfer coding"],
    [
      "Transfer-Encoding: chunked\r\ntransfer-encoding: x\r\n",
      "400 More than one transfer-encoding",
    ],
    ["Transfer-Encoding : chunked\r\n", "400 Malformed header"],
    ["Transfer-Encoding: \x0bchunked\r\n", "400 Malformed header"],
    ["X-Fold: a\r\n b\r\n", "400 Malformed header"],
    ["X-Fold: a\r\n\tTransfer-Encoding: chunked\r\n", "400 Malformed header"],
  ];
  for (const [headers, expected] of cases) {
    assertEquals(refused(`POST / HTTP/1.1\r\n${HOST}${headers}\r\n`), expected, headers);
  }
  const old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
  assertEquals(refused(old), "400 HTTP/1.0 has no Transfer-Encoding");
});

Deno.test("parseRequestHead() refuses what is no request", () => {
  const cases = [
    ["GET / HTTP/1.1\n\n", "400 Line ends with LF alone"],
    [`GET / HTTP/1.1\r\n${HOST}X: a\nY: b\r\n\r\n`, "400 Line ends with LF alone"],
    [`GET / HTTP/1.1\r\n${HOST}X: a\rY: b\r\n\r\n`, "400 Malformed header"],
    [`GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, "400 Malformed header"],
    [`GET / HTTP/1.1\r\n${HOST}no colon\r\n\r\n`, "400 Malformed header"],
    [`GET / HTTP/1.1\r\n${HOST}: nameless\r\n\r\n`, "400 Malformed header"],
    ["GET / HTTP/1.1\r\n\r\n", "400 No Host"],
    [`GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, "400 More than one Host"],
    ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 Malformed Host"],
    ["GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 Malformed Host"],
    ["GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", "400 Malformed Host"],
    [`GET  / HTTP/1.1\r\n${HOST}\r\n`, "400 Malformed request line"],
    [`GET / HTTP/2.0\r\n${HOST}\r\n`, "400 Malformed request line"],
    [`GET /\r\n${HOST}\r\n`, "400 Malformed request line"],
    ["PRI * HTTP/2.0\r\n\r\n", "400 Malformed request line"],
    [`CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`, "400 Malformed request target"],
    [`GET * HTTP/1.1\r\n${HOST}\r\n`, "400 Malformed request target"],
    [`GET file:///etc HTTP/1.1\r\n${HOST}\r\n`, "400 Malformed request target"],
    [`GET http://user@a/ HTTP/1.1\r\n${HOST}\r\n`, "400 Malformed request target"],
    [`GET /#part HTTP/1.1\r\n${HOST}\r\n`, "400 Malformed request target"],
    [`GET / HTTP/1.1\r\n${HOST}Expect: wonders\r\n\r\n`, "417 Unknown expectation"],
    [`GET / HTTP/1.1\r\n${HOST}X-Edge-Secret: 1\r\n\r\n`, "400 Reserved header"],
    ["GET / HTTP/1.0\r\nUpgrade: websocket\r\n\r\n", "400 HTTP/1.0 has no upgrades"],
    [
      `GET / HTTP/1.1\r\n${HOST}Upgrade: websocket\r\nContent-Length: 1\r\n\r\n`,
      "400 An upgrade has no body",
    ],
    ["\x16\x03\x01\x02", "400 This is not HTTP/1.1"],
    ["\r\nGET / HTTP/1.1\r\n", "400 This is not HTTP/1.1"],
  ];
  for (const [text, expected] of cases) assertEquals(refused(text!), expected, text);
});

Deno.test("parseRequestHead() bounds bytes and headers with 431", () => {
  const head = (bytes: number) => {
    const start = `GET / HTTP/1.1\r\n${HOST}X-Pad: `;
    return `${start}${"x".repeat(bytes - start.length - 4)}\r\n\r\n`;
  };
  assertEquals(refused(head(1024)), "accepted");
  assertEquals(refused(head(1025)), "431 Request headers exceed 1024 bytes");
  const endless = `GET / HTTP/1.1\r\nX: ${"x".repeat(2000)}`;
  assertEquals(refused(endless), "431 Request headers exceed 1024 bytes");
  const many = "X: 1\r\n".repeat(5);
  assertEquals(
    refused(`GET / HTTP/1.1\r\n${HOST}${many}\r\n`),
    "431 Request has more than 5 headers",
  );
});

Deno.test("findHeadEnd() waits for a head that comes in pieces", () => {
  const bytes = encoder.encode(`GET / HTTP/1.1\r\n${HOST}\r\nrest`);
  const whole = bytes.length - "rest".length;
  for (let at = 1; at < whole; at++) {
    assertEquals(findHeadEnd(bytes.subarray(0, at), 0, 1024), undefined);
    assertEquals(findHeadEnd(bytes, at, 1024), whole);
  }
  assert(bytes.length > whole);
});
