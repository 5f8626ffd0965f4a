import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Dice, fuzzSeed } from "../conformance/fuzz.ts";
import { correctRequest, sendMalformedHeads } from "../conformance/heads.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { encodeFrame, OPCODE, RawWebSocket } from "../harness/raw_websocket.ts";
import { connectParams } from "../harness/socket.ts";

const SHORT_FUZZ = 1000;

/** What a server says to some bytes, until it ends the connection. */
async function say(port: number, ...pieces: readonly Uint8Array[]): Promise<string> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  try {
    for (const piece of pieces) await conn.write(piece);
    for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
      text += new TextDecoder().decode(buffer.subarray(0, read));
    }
  } finally {
    conn.close();
  }
  return text;
}

Deno.test("edge: a client on loopback is local behind the guard, too", async () => {
  await using gateway = await TestGateway.start({ guard: {} });
  const { port } = gateway.gateway;
  const scopes = ["operator.admin"];
  const params = connectParams({ auth: { token: TOKEN }, scopes });
  await using socket = await RawWebSocket.connect(port, params);
  assertEquals((await socket.call("config.get"))["ok"], true);
  await using forwarded = await RawWebSocket.connect(port, params, {
    headers: { "X-Forwarded-For": "127.0.0.1" },
  });
  const refused = await forwarded.call("config.get");
  assertMatch(refused["error"].message, /^missing scope/);
});

Deno.test("edge: chat over HTTP streams through the guard to its end", async () => {
  await using gateway = await TestGateway.start({ guard: {} });
  const response = await fetch(`${gateway.httpUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { "authorization": `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "openclaw",
      stream: true,
      messages: [{ role: "user", content: "hi" }],
    }),
  });
  assertEquals(response.status, 200);
  assert((await response.text()).endsWith("data: [DONE]\n\n"));
});

/** Stops a gateway with one client that answers its close and one that does not; how long it took. */
async function stopWithDeafClient(): Promise<number> {
  await using gateway = await TestGateway.start({ guard: {} });
  const params = connectParams({ auth: { token: TOKEN } });
  await using socket = await RawWebSocket.connect(gateway.gateway.port, params);
  await using _deaf = await RawWebSocket.connect(gateway.gateway.port, params);
  const idle = await Deno.connect({ hostname: "127.0.0.1", port: gateway.gateway.port });
  const startedAt = performance.now();
  const closed = gateway.gateway.close();
  const { how, code, reason } = await socket.ending(5000);
  assertEquals([how, code, reason], ["close", 1012, "service restart"]);
  assertEquals(await idle.read(new Uint8Array(1)), null);
  idle.close();
  await closed;
  return performance.now() - startedAt;
}

Deno.test("edge: a stop closes sockets with 1012 and ends in time, whoever still reads", async () => {
  // A second for the one that does not answer, and none of the grace for requests, which is two; a
  // machine that is busy with something else is asked again.
  for (let tries = 1; await stopWithDeafClient() > 2500; tries++) assert(tries < 5);
});

Deno.test("edge: a slow consumer's connection is closed without its help", async () => {
  await using gateway = await TestGateway.start({ guard: { closeAnswerMs: 100, sweepMs: 20 } });
  const { port, state } = gateway.gateway;
  const params = connectParams({ auth: { token: TOKEN }, scopes: ["operator.read"] });
  await using deaf = await RawWebSocket.connect(port, params);
  const piece = "x".repeat(1024 * 1024);
  for (let i = 0; i < 80; i++) state.broadcaster.broadcast("shutdown", { reason: piece });
  // It never reads: that its own frames are refused one day is the work of the guard.
  const ping = encodeFrame("", { opcode: OPCODE.PING });
  while (await deaf.trySend(ping)) await new Promise((resolve) => setTimeout(resolve, 10));
  // The end of the connection takes a moment to get from the guard to the gateway.
  while (state.broadcaster.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
});

Deno.test("edge: a stranger's budget ends with hello", async () => {
  await using gateway = await TestGateway.start({ guard: { maxStrangerBytes: 100_000 } });
  const { port } = gateway.gateway;
  await using stranger = await RawWebSocket.open(port);
  for (let i = 0; i < 3; i++) {
    await stranger.frame("x".repeat(50_000), { opcode: OPCODE.CONTINUATION, isFinal: false });
  }
  assertMatch((await stranger.ending(5000)).how, /close|cut/);
  const params = connectParams({ auth: { token: TOKEN } });
  await using client = await RawWebSocket.connect(port, params);
  const answer = await client.call("chat.send", "c", {
    sessionKey: "main",
    message: "x".repeat(500_000),
    idempotencyKey: "k",
  });
  assertEquals(answer["ok"], true);
});

Deno.test("edge: headers above 16 KiB get 431 on every listener, upgrades included", async () => {
  for (const guard of [undefined, {}]) {
    await using gateway = await TestGateway.start({ ...(guard ? { guard } : {}) });
    const { port } = gateway.gateway;
    const padding = `Connection: close\r\nX-Pad: ${"x".repeat(20_000)}\r\n`;
    assertMatch(await say(port, correctRequest("/healthz", padding)), /^HTTP\/1\.1 431 /);
    await using socket = await RawWebSocket.open(port, {
      headers: { "X-Pad": "x".repeat(20_000) },
    });
    assertEquals(socket.answer.status, 431);
  }
});

Deno.test("edge: nobody can claim to be another peer", async () => {
  await using gateway = await TestGateway.start({ guard: {} });
  const { port, state } = gateway.gateway;
  const names = ["x-edge", "x-edge-0000000000000000", "x-real-ip", "forwarded"];
  const claims = names.map((name) => `${name}: 198.18.0.1\r\n`).join("");
  const text = await say(port, correctRequest("/readyz", `Connection: close\r\n${claims}`));
  assertMatch(text, /^HTTP\/1\.1 200 /);
  // Behind a forwarding header nobody is local: the details of readiness are for local clients.
  assertEquals(text.includes("uptimeMs"), false);
  if (Deno.build.os === "windows") return;
  const path = `${state.paths.stateDir}/runtime/edge-127.0.0.1-${port}.sock`;
  const conn = await Deno.connect({ transport: "unix", path });
  await conn.write(correctRequest("/healthz", "Connection: close\r\n"));
  const buffer = new Uint8Array(1000);
  const read = await conn.read(buffer);
  conn.close();
  assertStringIncludes(new TextDecoder().decode(buffer.subarray(0, read ?? 0)), " 403 ");
});

Deno.test("edge: malformed heads are answered or ended, and none gets past the guard", async () => {
  await using gateway = await TestGateway.start({ guard: {} });
  const { port } = gateway.gateway;
  const seed = fuzzSeed();
  const tally = await sendMalformedHeads({ port }, new Dice(seed), SHORT_FUZZ);
  const shown = `seed ${seed}: ${JSON.stringify(tally)}`;
  assertEquals(
    [tally["smuggled"], tally["stuck"], tally["500"]],
    [undefined, undefined, undefined],
    shown,
  );
  assert((tally["400"] ?? 0) > SHORT_FUZZ / 4, shown);
  assertMatch(await say(port, correctRequest("/healthz", "Connection: close\r\n")), / 200 /);
});
