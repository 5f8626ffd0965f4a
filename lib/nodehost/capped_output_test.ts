import { assert, assertEquals } from "@std/assert";
import { CappedOutput, outputTail } from "./capped_output.ts";

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else controller.enqueue(chunk);
    },
  });
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("CappedOutput keeps what fits as it is", async () => {
  const output = new CappedOutput(streamOf(bytes("one "), bytes("two")), 7);
  await output.done;
  assertEquals(output.text, "one two");
  assert(!output.isTruncated);
});

Deno.test("CappedOutput marks where it stopped, and cuts no character in two", async () => {
  const output = new CappedOutput(streamOf(bytes("abc"), bytes("ä!")), 4);
  await output.done;
  assertEquals(output.text, "abc\n... (truncated)");
  assert(output.isTruncated);
});

Deno.test("CappedOutput reads on without keeping", async () => {
  let pulled = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { view } = controller.byobRequest!;
      if (++pulled > 1600) {
        controller.close();
        return controller.byobRequest!.respond(0);
      }
      new Uint8Array(view!.buffer, view!.byteOffset, view!.byteLength).fill(0x61);
      controller.byobRequest!.respond(view!.byteLength);
    },
  });
  const output = new CappedOutput(stream, 1000);
  await output.done;
  assertEquals(pulled, 1601);
  assertEquals(output.text.length, 1000 + "\n... (truncated)".length);
});

Deno.test("CappedOutput.cancel() ends a stream that nobody closes", async () => {
  const output = new CappedOutput(new ReadableStream({ type: "bytes" }), 10);
  output.cancel();
  await output.done;
  assertEquals(output.text, "");
});

Deno.test("outputTail() keeps the end", () => {
  assertEquals(outputTail("abcdef", 6), "abcdef");
  assertEquals(outputTail("abcdef", 2), "... (truncated) ef");
});
