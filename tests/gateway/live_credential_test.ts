import { assert, assertEquals } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { TestSocket } from "../harness/socket.ts";
import { CONTROL_UI, hello, knock, refused, REMOTE } from "./connect_harness.ts";
import { ADDRESS, FakeTailscale, serveHeaders, TAILSCALE_CONFIG } from "./tailscale_harness.ts";

const AUTH_CHANGED = { code: 4001, reason: "gateway auth changed" };

/** Writes a part of the configuration; the answer must be there before anything ends. */
async function patch(socket: TestSocket, gateway: unknown): Promise<void> {
  const { payload: { hash } } = await socket.call("config.get");
  const raw = JSON.stringify({ gateway });
  const { ok, error } = await socket.call("config.patch", { raw, baseHash: hash });
  assert(ok, JSON.stringify(error));
}

Deno.test("a changed token is in force at once and closes everyone who used the old one", async () => {
  await using gateway = await TestGateway.start({ hasLiveCredential: true });
  await using writer = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await using user = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await using device = await knock(gateway, { device: await TestDevice.create() });
  await patch(writer, { auth: { token: "another-token-0123456789" } });
  for (const socket of [writer, user, device.socket]) {
    assertEquals(await socket.ended(), AUTH_CHANGED);
  }
  const { error } = await refused(gateway);
  assertEquals(error.details.code, "AUTH_TOKEN_MISMATCH");
  await using next = await TestSocket.connect(gateway.wsUrl, "another-token-0123456789");
  const http = await fetch(`${gateway.httpUrl}/v1/models`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  assertEquals(http.status, 401);
  await http.body?.cancel();
  const { payload } = await next.call("config.get");
  assertEquals(JSON.stringify(payload).includes("another-token"), false);
});

Deno.test("a changed token leaves those alone who came by another credential", async () => {
  await using tailscale = await FakeTailscale.install();
  await using gateway = await TestGateway.start({
    hasLiveCredential: true,
    config: TAILSCALE_CONFIG,
    runCommand: tailscale.run,
  });
  const device = await TestDevice.create();
  const { auth } = await hello(gateway, { device });
  const params = { auth: { deviceToken: auth.deviceToken } };
  await using byDevice = await knock(gateway, { device, params, headers: REMOTE });
  await using byTailscale = await knock(gateway, {
    device: await TestDevice.create(),
    params: { ...CONTROL_UI, auth: undefined },
    headers: serveHeaders(ADDRESS.owner),
  });
  await patch(byDevice.socket, { auth: { token: "another-token-0123456789" } });
  for (const { socket } of [byDevice, byTailscale]) {
    assertEquals((await socket.call("status")).ok, true);
  }
});

Deno.test("a write that leaves the token as it is closes nobody", async () => {
  await using gateway = await TestGateway.start({ hasLiveCredential: true });
  await using writer = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await patch(writer, { auth: { token: TOKEN, rateLimit: { maxAttempts: 3 } } });
  assertEquals((await writer.call("health")).ok, true);
});

Deno.test("a token that cannot be used changes nothing", async () => {
  await using gateway = await TestGateway.start({ hasLiveCredential: true });
  await using writer = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await patch(writer, { auth: { token: "change-me-now" } });
  assertEquals((await writer.call("health")).ok, true);
  await hello(gateway);
});

Deno.test("a call on the old token is answered by the close alone", async () => {
  await using gateway = await TestGateway.start({ hasLiveCredential: true });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const { authenticator } = gateway.gateway.state;
  authenticator.replace({ secret: "another" });
  const id = socket.request("no.such.method");
  assertEquals(await socket.ended(), AUTH_CHANGED);
  assertEquals(socket.frames.some((frame) => frame.id === id), false);
});

Deno.test("the limit of failures is that of the configuration in force", async () => {
  const page = { headers: { origin: "http://localhost:5173" } };
  const wrong = { ...page, params: { auth: { token: "wrong" } } };
  await using gateway = await TestGateway.start({ hasLiveCredential: true });
  await using writer = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await patch(writer, { auth: { rateLimit: { maxAttempts: 2, lockoutMs: 120_000 } } });
  for (const code of ["AUTH_TOKEN_MISMATCH", "AUTH_TOKEN_MISMATCH", "AUTH_RATE_LIMITED"]) {
    assertEquals((await refused(gateway, wrong)).error.details.code, code);
  }
  const { error } = await refused(gateway, page);
  assert(error.retryAfterMs > 100_000 && error.retryAfterMs <= 120_000, `${error.retryAfterMs}`);
  await hello(gateway);
});
