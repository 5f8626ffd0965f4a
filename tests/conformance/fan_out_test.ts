import { assert, assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { OPCODE, RawWebSocket } from "../harness/raw_websocket.ts";
import { connectParams } from "../harness/socket.ts";
import { Audience } from "./audience.ts";

const MEBIBYTE = 1024 * 1024;
/** As many as hear a run here; a thousand are in `deno task prove:clients`. */
const CLIENTS = 60;

Deno.test("fan-out: every client hears a run whole and in order", async () => {
  await using gateway = await TestGateway.start();
  const { port } = gateway.gateway;
  await using audience = await Audience.gather(port, TOKEN, CLIENTS);
  await using sender = await RawWebSocket.connect(port, connectParams({ auth: { token: TOKEN } }));
  audience.restart();
  const params = { sessionKey: "main", message: "count to 60", idempotencyKey: "fan-out" };
  assert((await sender.call("chat.send", "send", params))["ok"]);
  while ((await sender.nextJson())["payload"]?.state !== "final");
  // The sender heard the end; give the others the time of one more round trip.
  await sender.call("health");
  await until(() => audience.heard.fewest >= 62);
  const { gaps, gone } = audience.heard;
  assertEquals({ gaps, gone }, { gaps: 0, gone: 0 });
});

Deno.test("fan-out: who stops reading is closed once 50 MiB wait, others hear everything", async () => {
  await using gateway = await TestGateway.start();
  const { port, state } = gateway.gateway;
  const params = connectParams({ auth: { token: TOKEN } });
  await using stalled = await RawWebSocket.connect(port, params);
  await using audience = await Audience.gather(port, TOKEN, 3);
  const slow = [...state.broadcaster.clients()][0]!;
  const text = "x".repeat(MEBIBYTE);
  const before = audience.heard.fewest;
  let sent = 0;
  while (!slow.isSlow) {
    assert(++sent <= 80, "50 MiB and the buffers of the kernel are enough");
    state.broadcaster.broadcast("health", { text });
    await until(() => audience.heard.fewest >= before + sent);
  }
  // A number for an event that may be dropped, then one that may not.
  state.broadcaster.broadcast("heartbeat", {});
  state.broadcaster.broadcast("tick", { ts: 1 });
  await until(() => audience.heard.fewest >= before + sent + 2);
  assertEquals(audience.heard.gaps, 0);
  // Read late, it gets what the network had taken, not the 50 MiB that waited behind.
  let received = 0;
  let frame = await stalled.next();
  for (; frame && frame.opcode !== OPCODE.CLOSE; frame = await stalled.next()) {
    received += frame.payload.length;
  }
  assert(received < 25 * MEBIBYTE, `${received} bytes came before the close`);
  const close = frame?.payload ?? new Uint8Array();
  const reason = new TextDecoder().decode(close.subarray(2));
  assertEquals([close[0]! * 256 + close[1]!, reason], [1008, "slow consumer"]);
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    assert(performance.now() < deadline, "waited ten seconds");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
