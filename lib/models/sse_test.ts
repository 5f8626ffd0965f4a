import { assertEquals, assertThrows } from "@std/assert";
import { LineTooLongError, MAX_LINE_CHARS, SseParser } from "./sse.ts";

const encoder = new TextEncoder();

function parse(...chunks: (string | Uint8Array)[]): string[] {
  const parser = new SseParser();
  const bytes = chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk);
  return [...bytes.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
}

Deno.test("push() gives the data of whole events and drops everything else", () => {
  assertEquals(parse(": note\nevent: x\nid: 1\ndata: a\n\ndata:b\r\n\r\nnonsense\n\n"), ["a", "b"]);
  assertEquals(parse("data: a\ndata: b\n\n"), ["a\nb"]);
  assertEquals(parse("data: a\n\ndata: open"), ["a", "open"]);
});

Deno.test("push() gives the same however the bytes are cut", () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? 20260501);
  const text = ': hi\ndata: grüße €😀\r\n\r\ndata: {"a":\ndata: 1}\n\nretry: 5\ndata: [DONE]\n\n';
  const bytes = encoder.encode(text);
  const expected = parse(text);
  let state = seed;
  for (let round = 0; round < 300; round++) {
    const chunks: Uint8Array[] = [];
    for (let start = 0; start < bytes.length;) {
      state = (state * 1103515245 + 12345) % 2147483648;
      const end = Math.min(bytes.length, start + 1 + state % 9);
      chunks.push(bytes.subarray(start, end));
      start = end;
    }
    assertEquals(parse(...chunks), expected, `seed ${seed}, round ${round}`);
  }
});

Deno.test("push() takes random bytes without failing", () => {
  for (let round = 0; round < 50; round++) {
    parse(crypto.getRandomValues(new Uint8Array(2000)));
  }
});

Deno.test("push() refuses a line or an event that never ends", () => {
  const piece = "x".repeat(MAX_LINE_CHARS / 4);
  assertThrows(() => parse(...Array(5).fill(piece)), LineTooLongError);
  assertThrows(() => parse(...Array(5).fill(`data: ${piece}\n`)), LineTooLongError);
});
