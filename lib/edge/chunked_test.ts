import { assertEquals } from "@std/assert";
import { ChunkedReader } from "./chunked.ts";

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

/** Reads a body in pieces of `step` bytes: its data, and what is behind it. */
function read(text: string, step: number): { data: string; rest: string } | "malformed" | "open" {
  const bytes = encoder.encode(text);
  const reader = new ChunkedReader();
  let data = "";
  for (let at = 0; at < bytes.length; at += step) {
    const piece = bytes.subarray(at, at + step);
    const taken = reader.take(piece, (part) => data += decoder.decode(part));
    if (taken === undefined) return "malformed";
    if (reader.isDone) return { data, rest: text.slice(at + taken) };
  }
  return "open";
}

Deno.test("ChunkedReader takes a body in any pieces and leaves what is behind it", () => {
  const body = '5;name="v"\r\nhello\r\n0A\r\n, everyone\r\n0\r\nX-Trailer: 1\r\n\r\n';
  for (let step = 1; step <= body.length + 4; step++) {
    assertEquals(read(`${body}GET `, step), { data: "hello, everyone", rest: "GET " });
  }
  assertEquals(read("0\r\n\r\n", 5), { data: "", rest: "" });
});

Deno.test("ChunkedReader refuses what is no chunk", () => {
  const cases = [
    "\r\n",
    "g\r\n",
    "5\nhello\r\n",
    "5\r\nhello0\r\n\r\n",
    "5\r\nhell\r\n0\r\n\r\n",
    "-5\r\nhello\r\n",
    " 5\r\nhello\r\n",
    "5 \r\nhello\r\n",
    "5\r\rhello\r\n",
    "5;\x01\r\nhello\r\n",
    "1000000000000\r\n",
    `5;${"x".repeat(300)}\r\nhello\r\n`,
    "0\r\nX: a\nY: b\r\n\r\n",
    `0\r\nX: ${"x".repeat(9000)}\r\n\r\n`,
    "0\r\n\rX",
  ];
  for (const text of cases) {
    for (const step of [1, 3, text.length]) assertEquals(read(text, step), "malformed", text);
  }
});

Deno.test("ChunkedReader waits for the end of a body", () => {
  for (const text of ["5", "5\r\nhel", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n", "0\r\nX: 1\r\n"]) {
    assertEquals(read(text, 1), "open", text);
  }
});
