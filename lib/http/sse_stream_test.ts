import { assertEquals, assertRejects } from "@std/assert";
import { sseStream } from "./sse_stream.ts";

/** A source fed by hand. */
class Source {
  readonly #waiting: ((frames: string | undefined) => void)[] = [];
  readonly #ready: (string | undefined)[] = [];
  pulls = 0;
  isAllowed = true;
  cancelledWith: unknown;
  nowMs = 0;

  push(frames: string | undefined): void {
    const waiter = this.#waiting.shift();
    if (waiter) waiter(frames);
    else this.#ready.push(frames);
  }

  next(): Promise<string | undefined> {
    this.pulls++;
    if (this.#ready.length > 0) return Promise.resolve(this.#ready.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  onCancel(reason: unknown): void {
    this.cancelledWith = reason;
  }

  now(): number {
    return this.nowMs;
  }

  mayWrite(): boolean {
    return this.isAllowed;
  }
}

function textOf(result: ReadableStreamReadResult<Uint8Array>): string | undefined {
  return result.done ? undefined : new TextDecoder().decode(result.value);
}

Deno.test("sseStream() passes frames on one by one and skips empty ones", async () => {
  const source = new Source();
  for (const frames of ["a", "", "b", undefined]) source.push(frames);
  const reader = sseStream(source).getReader();
  assertEquals(textOf(await reader.read()), "a");
  assertEquals(textOf(await reader.read()), "b");
  assertEquals(textOf(await reader.read()), undefined);
});

Deno.test("sseStream() takes nothing more while the client does not read", async () => {
  const source = new Source();
  for (let i = 0; i < 20; i++) source.push(`${i}`);
  const reader = sseStream(source).getReader();
  await reader.read();
  await Promise.resolve();
  assertEquals(source.pulls <= 3, true);
  await reader.cancel();
});

Deno.test("sseStream() sends comments while the source is silent", async () => {
  const source = new Source();
  const reader = sseStream(source, 1).getReader();
  source.nowMs = 5;
  assertEquals(textOf(await reader.read()), ": keepalive\n\n");
  source.nowMs = 10;
  assertEquals(textOf(await reader.read()), ": keepalive\n\n");
  source.nowMs = 10;
  source.push("a");
  assertEquals(textOf(await reader.read()), "a");
  await reader.cancel("gone");
  assertEquals(source.cancelledWith, "gone");
});

Deno.test("sseStream() drops what arrives after the client went away", async () => {
  const source = new Source();
  const reader = sseStream(source).getReader();
  const read = reader.read();
  await reader.cancel("gone");
  source.push("late");
  assertEquals(textOf(await read), undefined);
});

Deno.test("sseStream() ends without another word when nothing may be sent any more", async () => {
  const source = new Source();
  const reader = sseStream(source).getReader();
  source.push("a");
  assertEquals(textOf(await reader.read()), "a");
  source.isAllowed = false;
  source.push("secret");
  assertEquals(textOf(await reader.read()), undefined);
  assertEquals(source.cancelledWith, "no longer allowed");
});

Deno.test("sseStream() looks at every sign of life whether it may still be sent", async () => {
  const source = new Source();
  const reader = sseStream(source, 1).getReader();
  source.nowMs = 5;
  assertEquals(textOf(await reader.read()), ": keepalive\n\n");
  source.isAllowed = false;
  source.nowMs = 10;
  assertEquals(textOf(await reader.read()), undefined);
  assertEquals(source.cancelledWith, "no longer allowed");
  source.push(undefined);
});

Deno.test("sseStream() lets go of everything when its source fails", async () => {
  const source = new Source();
  const failure = new Error("cannot say");
  source.next = () => Promise.reject(failure);
  const reader = sseStream(source, 1).getReader();
  // A timer that went on would fail this test.
  await assertRejects(() => reader.read(), Error, "cannot say");
  assertEquals(source.cancelledWith, failure);
});
