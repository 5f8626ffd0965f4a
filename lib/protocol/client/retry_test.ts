import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { authFailure } from "../connect.ts";
import type { ErrorShape } from "../errors.ts";
import { encodeResponse } from "../frames.ts";
import { fakeHello, refuse, startFakeGateway } from "./_fake_gateway.ts";
import type { GatewayClient } from "./client.ts";
import { connectWithRetry, isFinalFailure, retryDelay, type RetryNotice } from "./retry.ts";
import type { ClientInfo } from "./types.ts";

const client: ClientInfo = { id: "test", mode: "test", version: "1", platform: "linux" };
/** What a gateway that is still starting answers. */
const STARTING: ErrorShape = {
  code: "UNAVAILABLE",
  message: "gateway starting; retry shortly",
  details: { reason: "startup-sidecars" },
  retryable: true,
  retryAfterMs: 500,
};
const wait = () => Promise.resolve();

Deno.test("connectWithRetry() connects again after each end until this side closes", async () => {
  let connects = 0;
  await using fake = startFakeGateway({
    onConnect(connection, id) {
      connects++;
      if (connects === 1) return refuse(connection, id, STARTING, 1013);
      connection.socket.send(encodeResponse(id, fakeHello()));
      if (connects === 2) connection.socket.close(1012, "service restart");
    },
  });
  const notices: RetryNotice[] = [];
  const seen: GatewayClient[] = [];
  await connectWithRetry({
    url: fake.url,
    client,
    wait,
    maxAttempts: 3,
    onRetry: (notice) => notices.push(notice),
    onConnect(gateway) {
      seen.push(gateway);
      if (seen.length === 2) gateway.close();
    },
  });
  await seen[1]!.closed;
  assertEquals(connects, 3);
  assertEquals(notices.map(({ error, attempt, delayMs }) => [error.code, attempt, delayMs]), [
    ["GATEWAY_STARTING", 1, 500],
    ["GATEWAY_CLOSED", 1, 1000],
  ]);
});

Deno.test("connectWithRetry() stops at a refusal that will not change", async () => {
  await using fake = startFakeGateway({
    onConnect: (connection, id) => refuse(connection, id, authFailure("password_mismatch", "m")),
  });
  const error = await assertRejects(
    () => connectWithRetry({ url: fake.url, client, wait, onConnect() {} }),
    AppError,
  );
  assertEquals(error.details?.code, "AUTH_PASSWORD_MISMATCH");
  assertEquals(fake.connections.length, 1);
});

Deno.test("connectWithRetry() gives up after the last attempt and waits longer each time", async () => {
  // Nobody listens there, and the system gives it to nobody.
  const port = 1;
  const delays: number[] = [];
  const error = await assertRejects(
    () =>
      connectWithRetry({
        url: `ws://127.0.0.1:${port}`,
        client,
        maxAttempts: 7,
        onConnect() {},
        wait(ms) {
          delays.push(ms);
          return Promise.resolve();
        },
      }),
    AppError,
  );
  assertEquals(error.code, "GATEWAY_UNREACHABLE");
  assertEquals(delays, [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
});

Deno.test("connectWithRetry() ends when its signal is aborted, in a pause or connected", async () => {
  const controller = new AbortController();
  await using fake = startFakeGateway();
  await connectWithRetry({
    url: fake.url,
    client,
    signal: controller.signal,
    onConnect: () => controller.abort(),
  });

  const paused = new AbortController();
  await connectWithRetry({
    url: "ws://127.0.0.1:1",
    client,
    signal: paused.signal,
    onConnect() {},
    onRetry: () => paused.abort(),
  });
  assertEquals(fake.connections.length, 1);
});

Deno.test("isFinalFailure() and retryDelay() follow the code", () => {
  const failure = (code: string, details = {}) => new AppError(code, "m", { details });
  assertEquals(isFinalFailure(failure("GATEWAY_PROTOCOL_MISMATCH")), true);
  assertEquals(isFinalFailure(failure("GATEWAY_CLOSED", { closeCode: 4001 })), true);
  assertEquals(
    isFinalFailure(failure("GATEWAY_PAIRING_REQUIRED", { code: "PAIRING_REQUIRED" })),
    true,
  );
  assertEquals(isFinalFailure(failure("GATEWAY_CLOSED", { closeCode: 1012 })), false);
  assertEquals(isFinalFailure(failure("GATEWAY_UNREACHABLE")), false);
  assertEquals(retryDelay(failure("GATEWAY_STARTING", { retryAfterMs: 1 }), 1), 100);
  assertEquals(retryDelay(failure("GATEWAY_STARTING", { retryAfterMs: 60_000 }), 1), 2000);
  assertEquals(retryDelay(failure("GATEWAY_STARTING"), 3), 4000);
  assertEquals(retryDelay(failure("GATEWAY_UNREACHABLE"), 5000), 30_000);
});
