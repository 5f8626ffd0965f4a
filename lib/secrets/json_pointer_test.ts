import { assertEquals } from "@std/assert";
import { atPointer } from "./json_pointer.ts";

Deno.test("atPointer() follows keys, positions and escapes", () => {
  const document = { a: { "b/c": "1", "~": "2", "": "3" }, list: ["x", { y: "4" }] };
  const cases: [pointer: string, value: unknown][] = [
    ["/a/b~1c", "1"],
    ["/a/~0", "2"],
    ["/a/", "3"],
    ["/list/1/y", "4"],
    ["/list/01", undefined],
    ["/list/2", undefined],
    ["/toString", undefined],
    ["/a/b~1c/d", undefined],
  ];
  for (const [pointer, value] of cases) assertEquals(atPointer(document, pointer), value, pointer);
});
