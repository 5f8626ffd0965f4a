import { assertEquals } from "@std/assert";
import { parseAnswerHead } from "./answer_head.ts";

function parse(head: string, method = "GET") {
  const bytes = new TextEncoder().encode(`HTTP/1.1 ${head}\r\n\r\nbody`);
  const parsed = parseAnswerHead(bytes, method);
  if (parsed) assertEquals(parsed.bytes, bytes.length - 4);
  return parsed && [parsed.status, parsed.framing, parsed.keepsAlive];
}

const NOTHING = { kind: "length", bytes: 0 } as const;

Deno.test("parseAnswerHead() knows where an answer ends", () => {
  assertEquals(parse("200 OK\r\nContent-Length: 4"), [200, { kind: "length", bytes: 4 }, true]);
  assertEquals(parse("200 OK\r\ntransfer-encoding: chunked"), [200, { kind: "chunked" }, true]);
  assertEquals(parse("200 OK\r\nx: y"), [200, { kind: "untilEnd" }, false]);
  assertEquals(parse("200 OK\r\ncontent-length: 4", "HEAD"), [200, NOTHING, true]);
  assertEquals(parse("204 No Content"), [204, NOTHING, true]);
  assertEquals(parse("304 Not Modified\r\ncontent-length: 4"), [304, NOTHING, true]);
  assertEquals(parse("100 Continue"), [100, NOTHING, true]);
});

Deno.test("parseAnswerHead() knows what ends the connection", () => {
  const closing = "200 OK\r\ncontent-length: 4\r\nConnection: close";
  assertEquals(parse(closing), [200, { kind: "length", bytes: 4 }, false]);
  const old = (headers: string) =>
    parseAnswerHead(new TextEncoder().encode(`HTTP/1.0 200 OK\r\n${headers}\r\n`), "GET")
      ?.keepsAlive;
  assertEquals(old("content-length: 4\r\n"), false);
  assertEquals(old("content-length: 4\r\nconnection: keep-alive\r\n"), true);
});

Deno.test("parseAnswerHead() waits for the empty line", () => {
  const bytes = new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n");
  assertEquals(parseAnswerHead(bytes, "GET"), undefined);
});
