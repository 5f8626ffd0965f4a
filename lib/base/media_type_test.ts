import { assertEquals } from "@std/assert";
import { sniffMediaType } from "./media_type.ts";

Deno.test("sniffMediaType() tells types by their marks, and nothing else", () => {
  const cases: [beginning: string, type: string | undefined][] = [
    ["\x89PNG\r\n\x1a\n\0\0", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["GIF89a", "image/gif"],
    ["RIFF\x01\x02\x03\x04WEBPVP8 ", "image/webp"],
    ["\0\0\0\x18ftypheic", "image/heic"],
    ["%PDF-1.7", "application/pdf"],
    ["PK\x03\x04", "application/zip"],
    ["RIFF\x01\x02\x03\x04WAVE", undefined],
    ["GIF89", undefined],
    ["<html>", undefined],
    ["", undefined],
  ];
  for (const [beginning, type] of cases) {
    const bytes = Uint8Array.from(beginning, (char) => char.charCodeAt(0));
    assertEquals(sniffMediaType(bytes), type, beginning);
  }
});
