import { assertEquals } from "@std/assert";
import type { Clock } from "../base/mod.ts";
import { get, type RawClient, SteppingClock, TestGuard } from "./_testing.ts";
import type { EdgeLimits } from "./limits.ts";
import type { EdgeLine } from "./line.ts";

const OPENING = get(
  "/",
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
);
/** Longer than any test runs. */
const NEVER_MS = 60_000;

interface Served {
  readonly guard: TestGuard;
  readonly socket: Promise<WebSocket>;
  readonly line: Promise<EdgeLine>;
}

/** A guard before a server that sends each message back. */
async function serve(limits: Partial<EdgeLimits> = {}, clock?: Clock): Promise<Served> {
  const socket = Promise.withResolvers<WebSocket>();
  const line = Promise.withResolvers<EdgeLine>();
  const guard = await TestGuard.open(
    (request, given) => {
      const upgraded = Deno.upgradeWebSocket(request);
      upgraded.socket.onmessage = ({ data }) => upgraded.socket.send(`<${data}>`);
      upgraded.socket.onerror = (event) => event.preventDefault();
      socket.resolve(upgraded.socket);
      line.resolve(given);
      return upgraded.response;
    },
    limits,
    undefined,
    clock,
  );
  return { guard, socket: socket.promise, line: line.promise };
}

/** A masked frame with a mask of zeros. */
function frame(text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  const long = payload.length > 125;
  const head = [0x81, 0x80 | (long ? 127 : payload.length)];
  if (long) {
    head.push(0, 0, 0, 0, ...new Uint8Array(new Uint32Array([payload.length]).buffer).reverse());
  }
  return Uint8Array.from([...head, 0, 0, 0, 0, ...payload]);
}

async function upgraded(guard: TestGuard): Promise<RawClient> {
  const client = await guard.dial(OPENING);
  await client.until("\r\n\r\n");
  return client;
}

Deno.test("EdgeGuard passes on frames both ways, those sent with the opening included", async () => {
  const { guard } = await serve();
  await using _guard = guard;
  using client = await guard.dial();
  await client.send(Uint8Array.from([...new TextEncoder().encode(OPENING), ...frame("first")]));
  await client.until("<first>");
  await client.send(frame("second"));
  await client.until("<second>");
});

Deno.test("EdgeGuard tells the server when a stranger sends too much, then cuts it", async () => {
  const clock = new SteppingClock();
  const { guard, socket, line } = await serve({ maxStrangerBytes: 1000, lingerMs: 100 }, clock);
  await using _guard = guard;
  using client = await upgraded(guard);
  (await line).onExcess(async () => (await socket).close(1009, "too much"));
  await client.send(frame("x".repeat(400)));
  await client.until(">");
  await client.send(frame("x".repeat(700)));
  await client.until("too much");
  clock.stepMs = 5;
  assertEquals(await client.rest(), "");
});

Deno.test("EdgeLine.authenticated() lifts the budget and the place among strangers", async () => {
  const { guard, line } = await serve({ maxStrangerBytes: 1000, maxStrangers: 1 });
  await using _guard = guard;
  using client = await upgraded(guard);
  using refused = await guard.dial();
  assertEquals((await refused.rest()).slice(9, 12), "503");
  (await line).authenticated();
  await client.send(frame("x".repeat(100_000)));
  await client.until("x>");
  using other = await upgraded(guard);
  await other.send(frame("me too"));
  await other.until("<me too>");
});

Deno.test("EdgeLine.closing() cuts a peer that does not answer the close", async () => {
  const { guard, socket, line } = await serve({ closeAnswerMs: 50, lingerMs: NEVER_MS });
  await using _guard = guard;
  using client = await upgraded(guard);
  const server = await socket;
  const closed = new Promise((resolve) => server.onclose = resolve);
  (await line).authenticated();
  server.close(1000);
  (await line).closing();
  await client.rest();
  await closed;
});

Deno.test("EdgeLine.cut() ends a peer that has stopped reading at once", async () => {
  const { guard, socket, line } = await serve({ writeStallMs: NEVER_MS });
  await using _guard = guard;
  using _client = await upgraded(guard);
  const server = await socket;
  const closed = new Promise((resolve) => server.onclose = resolve);
  const piece = "x".repeat(1024 * 1024);
  // More than the buffers of the system on both ways.
  for (let i = 0; i < 32; i++) server.send(piece);
  (await line).cut();
  await closed;
});

Deno.test("EdgeGuard ends both ways when either end hangs up", async () => {
  const { guard, socket } = await serve();
  await using _guard = guard;
  const client = await upgraded(guard);
  const server = await socket;
  const closed = new Promise((resolve) => server.onclose = resolve);
  client[Symbol.dispose]();
  await closed;
});
