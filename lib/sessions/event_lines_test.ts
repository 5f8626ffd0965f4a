import { assertEquals } from "@std/assert";
import { behindLines } from "./event_lines.ts";
import type { ContentPart } from "./types.ts";

Deno.test("behindLines() puts lines in front of a text, a picture or nothing", () => {
  const text = (text: string): ContentPart => ({ type: "text", text });
  const picture: ContentPart = { type: "image", data: "AA==", mimeType: "image/png" };
  const cases: [content: ContentPart[], told: ContentPart[]][] = [
    [[text("hi"), picture], [text("a\nb\n\nhi"), picture]],
    [[text("")], [text("a\nb")]],
    [[picture], [text("a\nb"), picture]],
    [[], [text("a\nb")]],
  ];
  for (const [content, told] of cases) assertEquals(behindLines(content, ["a", "b"]), told);
  assertEquals(behindLines([picture], []), [picture]);
});
