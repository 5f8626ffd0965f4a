import { assertEquals } from "@std/assert";
import { OUTBOX_WINDOW_BYTES } from "../protocol/mod.ts";
import { FakeTime } from "./_testing.ts";
import { Outbox } from "./outbox.ts";

/** A socket whose peer takes bytes when the test says so. */
class SlowSocket {
  readonly sent: string[] = [];
  bufferedAmount = 0;
  readyState: number = WebSocket.OPEN;

  send(frame: string): void {
    if (this.readyState !== WebSocket.OPEN) throw new DOMException("not open");
    this.sent.push(frame);
    this.bufferedAmount += new TextEncoder().encode(frame).length;
  }
}

const BIG = "x".repeat(OUTBOX_WINDOW_BYTES);

Deno.test("Outbox.send() hands frames over at once while the peer reads", () => {
  using time = new FakeTime();
  const socket = new SlowSocket();
  const outbox = new Outbox(socket);
  outbox.send("a");
  outbox.send("b");
  assertEquals([socket.sent, outbox.bytes, time.pending], [["a", "b"], 2, 0]);
});

Deno.test("Outbox.send() keeps what a slow peer has no room for, in order, and sends it later", () => {
  using time = new FakeTime();
  const socket = new SlowSocket();
  const outbox = new Outbox(socket);
  for (const frame of [BIG, "ä", "€", "😀", BIG, "last"]) outbox.send(frame);
  assertEquals([socket.sent.length, outbox.bytes], [1, 2 * OUTBOX_WINDOW_BYTES + 2 + 3 + 4 + 4]);
  time.advance(1000);
  assertEquals(socket.sent.length, 1);
  socket.bufferedAmount = 0;
  time.advance(10);
  assertEquals(socket.sent.slice(1), ["ä", "€", "😀", BIG]);
  socket.bufferedAmount = 0;
  time.advance(10);
  assertEquals([socket.sent.at(-1), outbox.bytes, time.pending], ["last", 4, 0]);
});

Deno.test("Outbox.flush() hands everything over before an end, clear() throws it away", () => {
  using time = new FakeTime();
  for (const end of ["flush", "clear"] as const) {
    const socket = new SlowSocket();
    const outbox = new Outbox(socket);
    for (const frame of [BIG, "a", "b"]) outbox.send(frame);
    outbox[end]();
    assertEquals(socket.sent.slice(1), end === "flush" ? ["a", "b"] : []);
    assertEquals(outbox.bytes, socket.bufferedAmount);
    assertEquals(time.pending, 0);
  }
});

Deno.test("Outbox sends nothing to a socket that its peer is closing", () => {
  using time = new FakeTime();
  for (const end of ["drain", "flush"] as const) {
    const socket = new SlowSocket();
    const outbox = new Outbox(socket);
    for (const frame of [BIG, "a"]) outbox.send(frame);
    socket.bufferedAmount = 0;
    socket.readyState = WebSocket.CLOSING;
    if (end === "flush") outbox.flush();
    else time.advance(10);
    assertEquals([socket.sent.length, outbox.bytes, time.pending], [1, 0, 0]);
  }
});
