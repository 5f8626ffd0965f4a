import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { readLogTail } from "./tail.ts";

const WHOLE = { limit: 100, maxBytes: 1000 };

async function withFile(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await test(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readLogTail() gives whole lines and the place to go on from", () =>
  withFile("one\ntwo\nthr", async (path) => {
    const first = await readLogTail(path, WHOLE);
    assertEquals([first.lines, first.cursor, first.size], [["one", "two"], 8, 11]);
    await Deno.writeTextFile(path, "ee\n", { append: true });
    const next = await readLogTail(path, { ...WHOLE, cursor: first.cursor });
    assertEquals([next.lines, next.cursor, next.truncated], [["three"], 14, false]);
  }));

Deno.test("readLogTail() keeps to limits and leaves out a line that is cut", () =>
  withFile("aaaa\nbbbb\ncccc\n", async (path) => {
    assertEquals((await readLogTail(path, { ...WHOLE, limit: 1 })).lines, ["cccc"]);
    const cut = await readLogTail(path, { ...WHOLE, maxBytes: 7 });
    assertEquals(cut.lines, ["cccc"]);
    const behind = await readLogTail(path, { cursor: 0, limit: 100, maxBytes: 7 });
    assertEquals([behind.lines, behind.truncated], [["cccc"], true]);
  }));

Deno.test("readLogTail() notices a rotated and a missing file", () =>
  withFile("new\n", async (path) => {
    const reset = await readLogTail(path, { ...WHOLE, cursor: 999 });
    assertEquals([reset.lines, reset.reset], [["new"], true]);
    const missing = await readLogTail(`${path}.none`, WHOLE);
    assertEquals([missing.lines, missing.cursor, missing.reset], [[], 0, false]);
    await assertRejects(() => readLogTail(Deno.cwd(), WHOLE), AppError, "Cannot read log");
  }));

Deno.test("readLogTail() leaves out what another gateway has written to the same file", async () => {
  const path = await Deno.makeTempFile();
  try {
    const line = (configPath: string, text: string) =>
      JSON.stringify({ "1": text, _meta: { configPath } });
    const own = line("/a.json", "own");
    const fields = JSON.stringify({ "2": { configPath: "/b.json" }, _meta: {} });
    const raw = "no record";
    const lines = [own, line("/b.json", "foreign"), fields, raw, line("/b.json", "/a.json")];
    await Deno.writeTextFile(path, lines.join("\n") + "\n");
    const query = { limit: 3, maxBytes: 10_000 };
    const { lines: kept, truncated } = await readLogTail(path, { ...query, configPath: "/a.json" });
    assertEquals([kept, truncated], [[own, fields, raw], false]);
    assertEquals((await readLogTail(path, query)).lines.length, 3);
  } finally {
    await Deno.remove(path);
  }
});
