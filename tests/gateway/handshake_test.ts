import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectParams, type Frame, TestSocket } from "../harness/socket.ts";

Deno.test("handshake: challenge first, then hello with a real snapshot", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.open(gateway.wsUrl);
  const challenge = socket.frames[0]!;
  assertEquals(Object.keys(challenge.payload).sort(), ["nonce", "ts"]);
  assertEquals("seq" in challenge, false);
  const { ok, payload } = await socket.call("connect", connectParams({ auth: { token: TOKEN } }));
  assert(ok);
  assertEquals(payload.type, "hello-ok");
  assertEquals(payload.protocol, 4);
  assertEquals(payload.auth, { role: "operator", scopes: ["operator.admin"] });
  assertEquals(payload.policy, {
    maxPayload: 26_214_400,
    maxBufferedBytes: 52_428_800,
    tickIntervalMs: 30_000,
  });
  assertEquals(payload.features.events.length, 26);
  assert(payload.features.methods.includes("chat.send"));
  assertEquals(payload.snapshot.sessionDefaults.mainSessionKey, "agent:main:main");
  assertEquals(payload.snapshot.stateDir, gateway.stateDir);
  assertEquals(payload.snapshot.authMode, "token");
  assertEquals(payload.snapshot.presence[0].mode, "gateway");
  assertEquals(payload.snapshot.health.ok, true);
});

Deno.test("handshake: without admin no paths in the snapshot", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.open(gateway.wsUrl);
  const hello = await socket.call(
    "connect",
    connectParams({ auth: { token: TOKEN }, scopes: ["operator.read"] }),
  );
  assertEquals("stateDir" in hello.payload.snapshot, false);
  assertEquals("configPath" in hello.payload.snapshot, false);
  assertEquals(hello.payload.auth.scopes, ["operator.read"]);
});

Deno.test("handshake: a health event follows hello", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const event = await socket.event("health");
  assertEquals(event.seq, 1);
  assertEquals(typeof event.stateVersion.health, "number");
});

interface Refusal {
  name: string;
  params: Frame;
  code: string;
  message: RegExp;
  details?: Frame;
  close: number;
}

const REFUSALS: Refusal[] = [
  {
    name: "no token",
    params: {},
    code: "INVALID_REQUEST",
    message: /^unauthorized: gateway token missing/,
    details: {
      code: "AUTH_TOKEN_MISSING",
      authReason: "token_missing",
      canRetryWithDeviceToken: false,
      recommendedNextStep: "update_auth_configuration",
    },
    close: 1008,
  },
  {
    name: "wrong token",
    params: { auth: { token: "wrong" } },
    code: "INVALID_REQUEST",
    message: /^unauthorized: gateway token mismatch/,
    details: {
      code: "AUTH_TOKEN_MISMATCH",
      authReason: "token_mismatch",
      canRetryWithDeviceToken: false,
      recommendedNextStep: "update_auth_credentials",
    },
    close: 1008,
  },
  {
    name: "a password in token mode",
    params: { auth: { password: TOKEN } },
    code: "INVALID_REQUEST",
    message: /token missing/,
    close: 1008,
  },
  {
    name: "another protocol",
    params: { minProtocol: 5, maxProtocol: 6, auth: { token: TOKEN } },
    code: "INVALID_REQUEST",
    message: /^protocol mismatch$/,
    details: { expectedProtocol: 4, minimumProbeProtocol: 4 },
    close: 1002,
  },
  {
    name: "an older protocol",
    params: { minProtocol: 3, maxProtocol: 3, auth: { token: TOKEN } },
    code: "INVALID_REQUEST",
    message: /^protocol mismatch$/,
    close: 1002,
  },
  {
    name: "an unknown role",
    params: { role: "guest", auth: { token: TOKEN } },
    code: "INVALID_REQUEST",
    message: /^invalid role$/,
    close: 1008,
  },
  {
    name: "a node without a device",
    params: { role: "node", scopes: [], auth: { token: TOKEN } },
    code: "NOT_PAIRED",
    message: /device identity required/,
    details: { code: "DEVICE_IDENTITY_REQUIRED" },
    close: 1008,
  },
  {
    name: "an unknown property",
    params: { bogus: 1, auth: { token: TOKEN } },
    code: "INVALID_REQUEST",
    message: /^invalid connect params: at root: unexpected property 'bogus'$/,
    close: 1008,
  },
  {
    name: "an unknown client id",
    params: { client: { id: "x", version: "1", platform: "p", mode: "cli" } },
    code: "INVALID_REQUEST",
    message: /at \/client\/id: must be equal to one of the allowed values/,
    close: 1008,
  },
  {
    name: "a control page without an origin",
    params: {
      client: {
        id: "openclaw-control-ui",
        version: "1",
        platform: "p",
        mode: "webchat",
      },
      auth: { token: TOKEN },
    },
    code: "INVALID_REQUEST",
    message: /^origin missing or invalid/,
    details: {
      code: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
      reason: "origin missing or invalid",
    },
    close: 1008,
  },
];

for (const { name, params, code, message, details, close } of REFUSALS) {
  Deno.test(`handshake refuses ${name}`, async () => {
    await using gateway = await TestGateway.start();
    await using socket = await TestSocket.open(gateway.wsUrl);
    const response = await socket.call("connect", connectParams(params));
    assertEquals(response.ok, false);
    assertEquals(response.error.code, code);
    assertMatch(response.error.message, message);
    if (details) assertEquals(response.error.details, details);
    const ended = await socket.closed;
    assertEquals(ended.code, close);
    assert(response.error.message.startsWith(ended.reason));
  });
}

Deno.test("handshake accepts the range 3 to 4", async () => {
  await using gateway = await TestGateway.start();
  await using _socket = await TestSocket.connect(gateway.wsUrl, TOKEN, {
    minProtocol: 3,
  });
});

Deno.test("handshake: first frames that are no connect close the socket", async () => {
  await using gateway = await TestGateway.start();
  const cases: [frame: string, code: number, reason: string][] = [
    ["not json", 1000, ""],
    ['{"type":"req","id":"1"}', 1008, "invalid request frame"],
    ['{"type":"event","event":"x"}', 1008, "invalid request frame"],
    [
      '{"type":"req","id":"1","method":"health"}',
      1008,
      "invalid handshake: first request must be connect",
    ],
    ["x".repeat(65_537), 1009, ""],
    [`"${"ü".repeat(32_768)}"`, 1009, ""],
  ];
  for (const [frame, code, reason] of cases) {
    await using socket = await TestSocket.open(gateway.wsUrl);
    socket.sendText(frame);
    assertEquals(await socket.closed, { code, reason }, frame.slice(0, 60));
  }
});

Deno.test("handshake: a frame of exactly 65536 bytes is read", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.open(gateway.wsUrl);
  const frame = JSON.stringify({
    type: "req",
    id: "1",
    method: "connect",
    params: connectParams({ auth: { token: TOKEN }, userAgent: "" }),
  });
  socket.sendText(
    frame.replace('"userAgent":""', `"userAgent":"${"u".repeat(65_536 - frame.length)}"`),
  );
  assertEquals((await socket.response("1")).ok, true);
});

Deno.test("handshake: silence ends after the timeout", async () => {
  await using gateway = await TestGateway.start({ handshakeTimeoutMs: 30 });
  await using socket = await TestSocket.open(gateway.wsUrl);
  assertEquals(await socket.closed, { code: 1000, reason: "" });
});

Deno.test("handshake: pages of other origins are refused, whatever they call themselves", async () => {
  await using gateway = await TestGateway.start({
    config: {
      gateway: {
        mode: "local",
        controlUi: { allowedOrigins: ["https://ui.example"] },
      },
    },
  });
  const cases: [origin: string, isAllowed: boolean][] = [
    ["https://evil.example", false],
    ["null", false],
    ["http://localhost.evil.example", false],
    ["https://ui.example.evil.example", false],
    ["http://ui.example", false],
    ["https://ui.example", true],
    ["http://localhost:5173", true],
    [gateway.httpUrl, true],
  ];
  for (const [origin, isAllowed] of cases) {
    await using socket = await TestSocket.open(gateway.wsUrl, { origin });
    const response = await socket.call("connect", connectParams({ auth: { token: TOKEN } }));
    assertEquals(response.ok, isAllowed, origin);
    if (isAllowed) {
      assertEquals(response.payload.auth.scopes, [], "a page without a device has no scopes");
    } else {assertEquals(
        response.error.details.code,
        "CONTROL_UI_ORIGIN_NOT_ALLOWED",
      );}
  }
});

Deno.test("handshake: a forwarded client without a device has no scopes", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.open(gateway.wsUrl, {
    "x-forwarded-for": "192.0.2.1",
  });
  const hello = await socket.call("connect", connectParams({ auth: { token: TOKEN } }));
  assertEquals(hello.payload.auth.scopes, []);
  const refused = await socket.call("status");
  assertEquals(refused.error, {
    code: "INVALID_REQUEST",
    message: "missing scope: operator.read",
  });
  assertEquals((await socket.call("health")).ok, true);
});

Deno.test("handshake: eleven wrong tokens of a page lock its origin", async () => {
  await using gateway = await TestGateway.start();
  const attempt = async (token: string) => {
    await using socket = await TestSocket.open(gateway.wsUrl, {
      origin: "http://localhost:5173",
    });
    const response = await socket.call("connect", connectParams({ auth: { token } }));
    return response.error?.details.code;
  };
  for (let i = 0; i < 10; i++) {
    assertEquals(await attempt("wrong"), "AUTH_TOKEN_MISMATCH");
  }
  assertEquals(await attempt(TOKEN), "AUTH_RATE_LIMITED");
  await using _other = await TestSocket.connect(gateway.wsUrl, TOKEN);
});

Deno.test("handshake: the 33rd stranger of an address gets 503", async () => {
  await using gateway = await TestGateway.start();
  const sockets: TestSocket[] = [];
  try {
    for (let i = 0; i < 32; i++) {
      sockets.push(await TestSocket.open(gateway.wsUrl));
    }
    const refused = new WebSocket(gateway.wsUrl);
    const isOpen = await new Promise((resolve) => {
      refused.onopen = () => resolve(true);
      refused.onclose = () => resolve(false);
      refused.onerror = (event) => event.preventDefault();
    });
    assertEquals(isOpen, false);
    await sockets.pop()![Symbol.asyncDispose]();
    sockets.push(await reopen(gateway.wsUrl));
  } finally {
    for (const socket of sockets) await socket[Symbol.asyncDispose]();
  }
});

/** The server may hear of a client's close a moment after the client does. */
async function reopen(url: string): Promise<TestSocket> {
  while (true) {
    try {
      return await TestSocket.open(url);
    } catch {
      // Still counted: try again.
    }
  }
}

Deno.test("handshake: password mode and mode none", async () => {
  await using locked = await TestGateway.start({
    secret: { mode: "password", secret: "open sesame" },
  });
  await using socket = await TestSocket.open(locked.wsUrl);
  const hello = await socket.call("connect", connectParams({ auth: { password: "open sesame" } }));
  assertEquals(hello.payload.snapshot.authMode, "password");
  await using open = await TestGateway.start({ secret: { mode: "none" } });
  await using stranger = await TestSocket.open(open.wsUrl);
  const refused = await stranger.call("connect", connectParams());
  assertEquals(refused.error.details.code, "DEVICE_IDENTITY_REQUIRED");
  await using helper = await TestSocket.open(open.wsUrl);
  const accepted = await helper.call(
    "connect",
    connectParams({
      client: {
        id: "gateway-client",
        version: "1",
        platform: "linux",
        mode: "backend",
      },
    }),
  );
  assertEquals(accepted.payload.auth.scopes, ["operator.admin"]);
});
