import { assert, assertEquals, assertRejects } from "@std/assert";
import type { BoundedEnd } from "../platform/mod.ts";
import { MAX_READERS, MAX_WAITING } from "./limits.ts";
import { PdfReader, type PdfReaderOptions } from "./reader.ts";
import { makeBomb, makeEncryptedPdf, makeEndlessPdf, makePdf, makeScan } from "./testing.ts";
import type { PdfFailure } from "./types.ts";

const BOUNDS = { maxPages: 4, maxChars: 1000 };
const NEVER = new AbortController().signal;
const text = (value: string) => new TextEncoder().encode(value);

Deno.test("PdfReader reads the text of pages, line by line", async () => {
  assertEquals(
    await new PdfReader().read(makePdf(["First line\nSecond (line)", "", "Last"]), BOUNDS, NEVER),
    {
      ok: true,
      pageCount: 3,
      pagesRead: 3,
      text: "First line\nSecond (line)\n\nLast",
      isCut: false,
      hasPictures: false,
    },
  );
});

Deno.test("PdfReader stops at the last page and the last character that are wanted", async () => {
  const file = makePdf(["one two", "three", "four"]);
  const reader = new PdfReader();
  const pages = await reader.read(file, { maxPages: 2, maxChars: 1000 }, NEVER);
  assert(pages.ok);
  assertEquals([pages.pageCount, pages.pagesRead, pages.isCut], [3, 2, false]);
  assertEquals(pages.text, "one two\n\nthree");
  const chars = await reader.read(file, { maxPages: 4, maxChars: 3 }, NEVER);
  assert(chars.ok);
  assertEquals([chars.text, chars.isCut], ["one", true]);
});

Deno.test("PdfReader tells a scan, and says why there is no text", async () => {
  const reader = new PdfReader();
  const scan = await reader.read(makeScan(), BOUNDS, NEVER);
  assert(scan.ok);
  assertEquals([scan.text, scan.hasPictures], ["", true]);
  const files: Partial<Record<PdfFailure, Uint8Array>> = {
    encrypted: makeEncryptedPdf(["secret"]),
    broken: text("%PDF-1.7\nthis is none"),
  };
  for (const [name, file] of Object.entries(files)) {
    const reason = name as PdfFailure;
    assertEquals(await reader.read(file, BOUNDS, NEVER), { ok: false, reason }, reason);
  }
});

Deno.test("PdfReader survives files that grow without end or never come to one", async () => {
  const bounds = { maxPages: 4, maxChars: 200_000 };
  const bomb = await new PdfReader().read(makeBomb(), bounds, NEVER);
  assertEquals(bomb, { ok: false, reason: "large" });
  const hasty = new PdfReader({ maxReadingMs: 1500 });
  const endless = await hasty.read(makeEndlessPdf(), bounds, NEVER);
  assertEquals(endless, { ok: false, reason: "slow" });
});

Deno.test("PdfReader ends the process when nobody waits for it any more", async () => {
  const controller = new AbortController();
  const reading = new PdfReader().read(makeEndlessPdf(), BOUNDS, controller.signal);
  controller.abort(new Error("gone"));
  await assertRejects(() => reading, Error, "gone");
});

/** A reader whose processes end when the test says so. */
function heldReader(options: PdfReaderOptions = {}) {
  const running: ((end: BoundedEnd) => void)[] = [];
  const reader = new PdfReader({
    ...options,
    command: ["reader"],
    run: () => new Promise((resolve) => running.push(resolve)),
  });
  return { running, reader, read: (signal = NEVER) => reader.read(text("%PDF"), BOUNDS, signal) };
}

const EXITED: BoundedEnd = { reason: "exit", code: 0, stdout: '{"ok":false,"reason":"broken"}' };

Deno.test("PdfReader runs a few processes at once, and refuses what would wait too long", async () => {
  const { running, read } = heldReader();
  const all = Array.from({ length: MAX_READERS + MAX_WAITING }, () => read());
  assertEquals(running.length, MAX_READERS);
  assertEquals(await read(), { ok: false, reason: "busy" });
  while (running.length > 0) {
    running.shift()!(EXITED);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert(running.length <= MAX_READERS);
  }
  for (const outcome of await Promise.all(all)) {
    assertEquals(outcome, { ok: false, reason: "broken" });
  }
  const last = read();
  assertEquals(running.length, 1);
  running[0]!(EXITED);
  await last;
});

Deno.test("PdfReader lets nobody wait for long", async () => {
  const { running, read } = heldReader({ maxWaitMs: 1 });
  const active = Array.from({ length: MAX_READERS }, () => read());
  assertEquals(await read(), { ok: false, reason: "busy" });
  for (const end of running.splice(0)) end(EXITED);
  await Promise.all(active);
  const again = Array.from({ length: MAX_READERS }, () => read());
  assertEquals(running.length, MAX_READERS);
  for (const end of running) end(EXITED);
  await Promise.all(again);
});

Deno.test("PdfReader lets go of who waits and goes away", async () => {
  const { running, read } = heldReader();
  const active = Array.from({ length: MAX_READERS }, () => read());
  const controller = new AbortController();
  const waiting = read(controller.signal);
  controller.abort(new Error("gone"));
  await assertRejects(() => waiting, Error, "gone");
  for (const end of running) end(EXITED);
  await Promise.all(active);
  assertEquals(running.length, MAX_READERS);
});

Deno.test("PdfReader says what a process came to that gave no answer", async () => {
  const ends: [end: BoundedEnd, reason: PdfFailure][] = [
    [{ reason: "timeout" }, "slow"],
    [{ reason: "output" }, "large"],
    [{ reason: "exit", code: 134, stdout: "" }, "broken"],
  ];
  for (const [end, reason] of ends) {
    const reader = new PdfReader({ command: ["reader"], run: () => Promise.resolve(end) });
    assertEquals(await reader.read(text("%PDF"), BOUNDS, NEVER), { ok: false, reason });
  }
});
