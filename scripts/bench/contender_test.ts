import { assertEquals } from "@std/assert";
import { renderTable } from "./contender.ts";
import { sizeOnDisk } from "./measure.ts";

Deno.test("renderTable() shows the ratio of original to ours, and a dash for what is missing", () => {
  const lines = renderTable({ a: 10, b: undefined }, { a: 25, b: 1 }).split("\n");
  assertEquals(lines.map((line) => line.trim().split(/\s+/)), [
    ["openclaw", "original", "ratio"],
    ["a", "10", "25", "2.5"],
    ["b", "-", "1", "-"],
  ]);
});

Deno.test("sizeOnDisk() adds up a folder", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/sub`);
    await Deno.writeTextFile(`${root}/a`, "12");
    await Deno.writeTextFile(`${root}/sub/b`, "345");
    assertEquals(await sizeOnDisk(root), 5);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
