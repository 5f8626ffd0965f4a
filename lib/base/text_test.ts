import { assertEquals } from "@std/assert";
import { headerText } from "./text.ts";

/** How a header comes that was sent as these bytes. */
function sentAs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

Deno.test("headerText() reads UTF-8, and one byte a character where it is none", () => {
  const utf8 = (text: string) => sentAs(new TextEncoder().encode(text));
  for (const text of ["plain", "", "w\u00f6rd", "\u6771\u4eac", "\ud83d\ude00"]) {
    assertEquals(headerText(utf8(text)), text);
  }
  assertEquals(headerText("w\u00f6rd"), "w\u00f6rd");
  assertEquals(headerText("\u6771"), "\u6771");
});
