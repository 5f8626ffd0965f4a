import { assertEquals } from "@std/assert";
import { MAX_UNREAD_BYTES } from "./limits.ts";
import { takeUnreadBody } from "./unread_body.ts";

function post(body: BodyInit, headers: HeadersInit = {}): Request {
  return new Request("http://127.0.0.1/x", { method: "POST", body, headers });
}

/** A body in pieces, and whether it was let go of. */
function pieces(sizes: readonly number[], end: "close" | "silence" | "error") {
  const told = { isCancelled: false };
  const left = [...sizes];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = left.shift();
      if (size !== undefined) return controller.enqueue(new Uint8Array(size));
      if (end === "close") return controller.close();
      if (end === "error") return controller.error(new Error("gone"));
      return new Promise(() => {});
    },
    cancel: () => void (told.isCancelled = true),
  });
  return { body, told };
}

Deno.test("takeUnreadBody() leaves nothing of a body that is small, or that is over", async () => {
  assertEquals(await takeUnreadBody(new Request("http://127.0.0.1/x")), true);
  const unread = post("{}");
  assertEquals([await takeUnreadBody(unread), unread.bodyUsed], [true, true]);
  const read = post("{}");
  await read.text();
  assertEquals(await takeUnreadBody(read), true);
  assertEquals(await takeUnreadBody(post(pieces([10, 10], "close").body)), true);
  assertEquals(await takeUnreadBody(post(pieces([10], "error").body)), true);
});

Deno.test("takeUnreadBody() leaves what is large or late to the end of the connection", async () => {
  const declared = post("{}", { "content-length": String(MAX_UNREAD_BYTES + 1) });
  assertEquals([await takeUnreadBody(declared), declared.bodyUsed], [false, false]);
  await declared.body?.cancel();
  const large = pieces([MAX_UNREAD_BYTES, 1, 1], "close");
  assertEquals([await takeUnreadBody(post(large.body)), large.told.isCancelled], [false, true]);
  const late = pieces([1], "silence");
  assertEquals([await takeUnreadBody(post(late.body)), late.told.isCancelled], [false, true]);
});
