import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { firstDifference, renderErrorTable, syncPages } from "./gen_docs.ts";

Deno.test("firstDifference() counts lines from 1", () => {
  assertEquals(firstDifference("a\nb", "a\nb"), 0);
  assertEquals(firstDifference("a\nb", "a\nc"), 2);
  assertEquals(firstDifference("a", "a\n"), 2);
});

Deno.test("syncPages() reports stale pages and writes only when asked", async () => {
  const root = await Deno.makeTempDir();
  try {
    const pages = [{ path: "docs/a.md", render: () => Promise.resolve("text\n") }];
    assertEquals(await syncPages(pages, root, false), [
      "docs/a.md: differs from its source at line 1",
    ]);
    assertEquals((await syncPages(pages, root, true)).length, 1);
    assertEquals(await Deno.readTextFile(join(root, "docs/a.md")), "text\n");
    assertEquals(await syncPages(pages, root, false), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("renderErrorTable() has a row per code", () => {
  const row = { exit: 64, http: 400, wire: "INVALID_REQUEST", summary: "Bad flag" };
  const text = renderErrorTable({ USAGE: row, CLOSED: { ...row, close: 1008 } });
  assertStringIncludes(text, "| `USAGE` | Bad flag | 64 | 400 |  | `INVALID_REQUEST` |\n");
  assertStringIncludes(text, "| `CLOSED` | Bad flag | 64 | 400 | 1008 | `INVALID_REQUEST` |\n");
});
