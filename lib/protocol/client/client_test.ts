import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { authFailure } from "../connect.ts";
import { encodeError, encodeEvent, encodeResponse, type EventFrame } from "../frames.ts";
import { fakeHello, refuse, startFakeGateway } from "./_fake_gateway.ts";
import { GatewayClient } from "./client.ts";
import type { ClientInfo, DeviceFacts, SequenceGap } from "./types.ts";

const client: ClientInfo = { id: "test", mode: "test", version: "1", platform: "linux" };

/** A TCP relay whose connections can be cut without a close frame. */
function startRelay(targetUrl: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  const running = (async () => {
    for await (const near of listener) {
      const far = await Deno.connect({
        hostname: "127.0.0.1",
        port: Number(new URL(targetUrl).port),
      });
      open.push(near, far);
      // The pipes end when a side is cut; that is what the tests do.
      near.readable.pipeTo(far.writable).catch(() => {});
      far.readable.pipeTo(near.writable).catch(() => {});
    }
  })();
  const cut = () => {
    for (const conn of open.splice(0)) {
      try {
        conn.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    }
  };
  return {
    url: `ws://127.0.0.1:${listener.addr.port}`,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      listener.close();
      await running;
    },
  };
}

Deno.test("GatewayClient.connect() sends what it was given and resolves with hello", async () => {
  await using fake = startFakeGateway();
  const gateway = await GatewayClient.connect({
    url: fake.url,
    token: "secret-token",
    client: { ...client, displayName: "d" },
    scopes: ["operator.read"],
    headers: { "x-check": "1" },
  });
  assertEquals(gateway.hello.server.version, "1");
  const [connection] = fake.connections;
  assertEquals(connection!.connect, {
    minProtocol: 4,
    maxProtocol: 4,
    client: { ...client, displayName: "d" },
    role: "operator",
    scopes: ["operator.read"],
    caps: [],
    auth: { token: "secret-token" },
  });
  assertEquals(connection!.headers.get("x-check"), "1");
  assertEquals(connection!.headers.get("origin"), null);
  gateway.close();
  assertEquals((await gateway.closed).code, 1005);
  assert(gateway.isClosedByUs);
});

Deno.test("GatewayClient.connect() lets a device sign the challenge", async () => {
  await using fake = startFakeGateway();
  let signed: DeviceFacts | undefined;
  const proof = { id: "i", publicKey: "p", signature: "s", signedAt: 1, nonce: "n-1" };
  const gateway = await GatewayClient.connect({
    url: fake.url,
    token: "t",
    client,
    device: {
      sign(facts) {
        signed = facts;
        return Promise.resolve(proof);
      },
    },
  });
  assertEquals(signed, { nonce: "n-1", client, role: "operator", scopes: [], token: "t" });
  assertEquals(fake.connections[0]!.connect.device, proof);
  gateway.close();
  await gateway.closed;
});

Deno.test("GatewayClient.connect() reports a wrong token with the server's details", async () => {
  const message = "unauthorized: gateway token mismatch (" + "provide the token ".repeat(10) + ")";
  await using fake = startFakeGateway({
    onConnect: (connection, id) => refuse(connection, id, authFailure("token_mismatch", message)),
  });
  const error = await assertRejects(
    () => GatewayClient.connect({ url: fake.url, token: "wrong-token", client }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_AUTH_FAILED");
  assertEquals(error.message, `gateway closed (1008): ${message}`);
  assertEquals(error.details?.code, "AUTH_TOKEN_MISMATCH");
  assertEquals(error.details?.wireCode, "INVALID_REQUEST");
  assertEquals(error.details?.closeCode, 1008);
  assertEquals(error.retryable, false);
  assert(!JSON.stringify(error.details).includes("wrong-token"));
});

Deno.test("GatewayClient.connect() does not wait for a close that does not come", async () => {
  await using fake = startFakeGateway({
    onConnect: ({ socket }, id) => socket.send(encodeError(id, authFailure("token_missing", "m"))),
  });
  const error = await assertRejects(
    () => GatewayClient.connect({ url: fake.url, client }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_AUTH_FAILED");
  assertEquals(error.message, "gateway closed (1008): m");
});

Deno.test("GatewayClient.connect() tells pairing, protocol and start apart", async () => {
  const cases = [
    {
      error: { code: "NOT_PAIRED", message: "pairing required", details: { requestId: "r-1" } },
      close: 1008,
      code: "GATEWAY_PAIRING_REQUIRED",
      hint: "openclaw devices approve r-1",
    },
    {
      error: { code: "INVALID_REQUEST", message: "protocol mismatch" },
      close: 1002,
      code: "GATEWAY_PROTOCOL_MISMATCH",
      hint: "openclaw gateway status",
    },
    {
      error: {
        code: "UNAVAILABLE",
        message: "gateway starting",
        retryable: true,
        retryAfterMs: 500,
      },
      close: 1013,
      code: "GATEWAY_STARTING",
      hint: "openclaw gateway status",
    },
  ] as const;
  for (const { error, close, code, hint } of cases) {
    await using fake = startFakeGateway({
      onConnect: (connection, id) => refuse(connection, id, error, close),
    });
    const thrown = await assertRejects(
      () => GatewayClient.connect({ url: fake.url, client }),
      AppError,
    );
    assertEquals(thrown.code, code);
    assertEquals(thrown.hint, hint);
    assertEquals(thrown.details?.closeCode, close);
    assertEquals(thrown.retryable, close === 1013);
  }
});

Deno.test("GatewayClient.connect() reports that nothing listens", async () => {
  // Nobody listens there, and the system gives it to nobody.
  const port = 1;
  const error = await assertRejects(
    () => GatewayClient.connect({ url: `ws://127.0.0.1:${port}/?token=t`, client }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_UNREACHABLE");
  assertEquals(
    error.message,
    "gateway closed (1006 abnormal closure (no close frame)): no close reason",
  );
  assertEquals(error.hint, "openclaw gateway run");
  assertEquals(error.retryable, true);
  assertEquals(error.details?.target, `ws://127.0.0.1:${port}/`);
});

Deno.test("GatewayClient.connect() refuses an address that is none", async () => {
  const error = await assertRejects(
    () => GatewayClient.connect({ url: "ftp://user:secret@host/", client }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_URL_INVALID");
  assertEquals(error.message, 'Cannot connect to "ftp://host/": no WebSocket address');
});

Deno.test("GatewayClient.connect() gives up without a challenge", async () => {
  await using fake = startFakeGateway({ challenge: false });
  const error = await assertRejects(
    () => GatewayClient.connect({ url: fake.url, client, handshakeTimeoutMs: 40 }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_TIMEOUT");
  assertEquals(error.message, "gateway timeout after 40ms");
});

Deno.test("GatewayClient.connect() gives up without an answer and ends by its signal", async () => {
  await using fake = startFakeGateway({ onConnect() {} });
  const error = await assertRejects(
    () => GatewayClient.connect({ url: fake.url, client, handshakeTimeoutMs: 40 }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_TIMEOUT");

  const controller = new AbortController();
  const connecting = GatewayClient.connect({ url: fake.url, client, signal: controller.signal });
  controller.abort(new AppError("RUN_ABORTED", "Interrupted"));
  assertEquals((await assertRejects(() => connecting, AppError)).code, "RUN_ABORTED");
});

Deno.test("request() resolves with the payload and rejects with the server's error", async () => {
  await using fake = startFakeGateway({
    onCall({ socket }, { id, method, params }) {
      if (method === "echo") return socket.send(encodeResponse(id, params));
      const error = {
        code: "UNAVAILABLE",
        message: "the run failed",
        details: { code: "PROVIDER_TIMEOUT", hint: "openclaw status" },
        retryable: true,
        retryAfterMs: 7,
      } as const;
      socket.send(encodeError(id, error, { runId: "r", status: "error" }));
    },
  });
  const gateway = await GatewayClient.connect({ url: fake.url, client });
  assertEquals(await gateway.request("echo", { a: 1 }), { a: 1 });
  assertEquals(await gateway.request("echo"), {});
  const error = await assertRejects(() => gateway.request("fail"), AppError);
  assertEquals(error.code, "RPC_FAILED");
  assertEquals(error.message, "the run failed");
  assertEquals(error.hint, "openclaw status");
  assertEquals(error.retryable, true);
  assertEquals(error.details, {
    code: "PROVIDER_TIMEOUT",
    hint: "openclaw status",
    method: "fail",
    wireCode: "UNAVAILABLE",
    retryAfterMs: 7,
    payload: { runId: "r", status: "error" },
  });
  gateway.close();
  await gateway.closed;
});

Deno.test("request() skips the acknowledgement only when asked to", async () => {
  await using fake = startFakeGateway({
    onCall({ socket }, { id }) {
      socket.send(encodeResponse(id, { runId: "r", status: "accepted" }));
      socket.send(encodeResponse(id, { runId: "r", status: "ok" }));
    },
  });
  const gateway = await GatewayClient.connect({ url: fake.url, client });
  assertEquals(await gateway.request("agent"), { runId: "r", status: "accepted" });
  const accepted: unknown[] = [];
  const final = await gateway.request("agent", {}, {
    expectFinal: true,
    onAccepted: (payload) => accepted.push(payload),
  });
  assertEquals(final, { runId: "r", status: "ok" });
  assertEquals(accepted, [{ runId: "r", status: "accepted" }]);
  gateway.close();
  await gateway.closed;
});

Deno.test("request() times out, ignores the late answer and goes on", async () => {
  const late = Promise.withResolvers<void>();
  await using fake = startFakeGateway({
    async onCall({ socket }, { id, method }) {
      if (method === "slow") await late.promise;
      socket.send(encodeResponse(id, method));
    },
  });
  const gateway = await GatewayClient.connect({ url: fake.url, client });
  const error = await assertRejects(
    () => gateway.request("slow", {}, { timeoutMs: 30 }),
    AppError,
  );
  assertEquals([error.code, error.message], ["GATEWAY_TIMEOUT", "gateway timeout after 30ms"]);
  late.resolve();
  assertEquals(await gateway.request("quick"), "quick");
  gateway.close();
  await gateway.closed;
});

Deno.test("request() ends by its signal and by close()", async () => {
  await using fake = startFakeGateway({ onCall() {} });
  const gateway = await GatewayClient.connect({ url: fake.url, client });
  const controller = new AbortController();
  const aborted = gateway.request("x", {}, { signal: controller.signal });
  controller.abort(new AppError("RUN_ABORTED", "Interrupted"));
  assertEquals((await assertRejects(() => aborted, AppError)).code, "RUN_ABORTED");

  const waiting = gateway.request("x");
  gateway.close(1000, "done");
  assertEquals((await assertRejects(() => waiting, AppError)).code, "GATEWAY_CLOSED");
  assertEquals(await gateway.closed, { code: 1000, reason: "done" });
  const after = await assertRejects(() => gateway.request("x"), AppError);
  assertEquals(after.message, "gateway closed (1005): the connection has ended");
});

Deno.test("request() fails at once when the gateway dies", async () => {
  await using fake = startFakeGateway({ onCall: () => relay.cut() });
  await using relay = startRelay(fake.url);
  const gateway = await GatewayClient.connect({ url: relay.url, client });
  const error = await assertRejects(() => gateway.request("x"), AppError);
  assertEquals(error.code, "GATEWAY_CLOSED");
  assertEquals(
    error.message,
    "gateway closed (1006 abnormal closure (no close frame)): no close reason",
  );
  assertEquals((await gateway.closed).code, 1006);
  assert(!gateway.isClosedByUs);
});

Deno.test("request() fails with the close of a gateway that restarts", async () => {
  await using fake = startFakeGateway({
    onCall: ({ socket }) => socket.close(1012, "service restart"),
  });
  const gateway = await GatewayClient.connect({ url: fake.url, client });
  const error = await assertRejects(() => gateway.request("x"), AppError);
  assertEquals(error.message, "gateway closed (1012): service restart");
  assertEquals(error.retryable, true);
});

Deno.test("onEvent sees events in order and onGap every hole", async () => {
  await using fake = startFakeGateway({
    onCall({ socket }, { id }) {
      socket.send(encodeEvent("tick", { ts: 1 }, { seq: 4 }));
      socket.send("not json");
      socket.send(encodeEvent("session.message", {}));
      socket.send(encodeEvent("tick", { ts: 2 }, { seq: 5 }));
      socket.send(encodeEvent("tick", { ts: 3 }, { seq: 8 }));
      socket.send(encodeResponse(id));
    },
  });
  const events: EventFrame[] = [];
  const gaps: SequenceGap[] = [];
  const gateway = await GatewayClient.connect({
    url: fake.url,
    client,
    onEvent: (event) => events.push(event),
    onGap: (gap) => gaps.push(gap),
  });
  await gateway.request("x");
  assertEquals(events.map(({ event, seq }) => [event, seq]), [
    ["tick", 4],
    ["session.message", undefined],
    ["tick", 5],
    ["tick", 8],
  ]);
  assertEquals(gaps, [{ expected: 6, received: 8 }]);
  gateway.close();
  await gateway.closed;
});

Deno.test("a silent gateway is left with 4000, but not while a call waits", async () => {
  await using fake = startFakeGateway({ tickIntervalMs: 15, onCall() {} });
  const gateway = await GatewayClient.connect({ url: fake.url, client });
  const error = await assertRejects(
    () => gateway.request("x", {}, { timeoutMs: 150 }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_TIMEOUT");
  assertEquals(await gateway.closed, { code: 4000, reason: "tick timeout" });
});

Deno.test("a gateway that ticks is kept", async () => {
  await using fake = startFakeGateway({
    onConnect({ socket }, id) {
      socket.send(encodeResponse(id, fakeHello(40)));
      let ticks = 0;
      const timer = setInterval(() => {
        socket.send(encodeEvent("tick", { ts: 1 }, { seq: ++ticks }));
        if (ticks < 20) return;
        clearInterval(timer);
        socket.close(1012, "enough");
      }, 10);
    },
  });
  const gateway = await GatewayClient.connect({ url: fake.url, client });
  assertEquals(await gateway.closed, { code: 1012, reason: "enough" });
});
