import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connect as connectTls } from "node:tls";
import { type Logger, silentLogger, VERSION } from "../../lib/base/mod.ts";
import { GatewayClient } from "../../lib/protocol/client/mod.ts";
import { askProbe } from "../../lib/cli/service/health_wait.ts";
import { askLocally } from "../../lib/cli/service/local_question.ts";
import { createSelfSigned, openPinnedRoute, peekCertificate } from "../../lib/tls/mod.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";

const TLS_CONFIG = { gateway: { mode: "local", tls: { enabled: true } } };
const CLIENT = { id: "cli", mode: "cli", version: VERSION, platform: "linux" } as const;

async function trusting(gateway: TestGateway): Promise<Deno.HttpClient> {
  return Deno.createHttpClient({ caCerts: [await Deno.readTextFile(gateway.tls!.certPath)] });
}

function target({ gateway, tls }: TestGateway) {
  return {
    host: "127.0.0.1",
    port: gateway.port,
    place: () => Promise.resolve({ host: "127.0.0.1", port: gateway.port }),
    authority: `127.0.0.1:${gateway.port}`,
    timeoutMs: 5000,
    fingerprint: tls!.facts.fingerprint,
  };
}

/** What the port says to bytes that are not TLS, until it hangs up. */
async function sayPlain(port: number, text: string): Promise<Uint8Array> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode(text));
  const chunks: number[] = [];
  const buffer = new Uint8Array(1024);
  for (let count; (count = await conn.read(buffer).catch(() => null)) !== null;) {
    chunks.push(...buffer.subarray(0, count));
  }
  return Uint8Array.from(chunks);
}

Deno.test("a gateway with gateway.tls answers HTTPS and WSS on its one port", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  using client = await trusting(gateway);
  const health = await fetch(`${gateway.httpUrl}/health`, { client });
  assertEquals(health.status, 200);
  await health.body?.cancel();
  const denied = await fetch(`${gateway.httpUrl}/v1/models`, { client });
  assertEquals(denied.status, 401);
  await denied.body?.cancel();

  const route = await openPinnedRoute(target(gateway));
  const socket = await GatewayClient.connect({
    url: route.url,
    token: TOKEN,
    client: CLIENT,
    scopes: ["operator.read"],
  });
  const status = await socket.request<{ runtimeVersion: string }>("status");
  assertEquals(status.runtimeVersion, VERSION);
  const large = "x".repeat(300_000);
  await assertRejects(() => socket.request("chat.history", { sessionKey: large }));
  socket.close();
  await socket.closed;
  route.close();
});

Deno.test("the pair of a gateway is private, kept, and shown by its fingerprint", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    let fingerprint: string;
    {
      await using gateway = await TestGateway.start({ config: TLS_CONFIG, stateDir });
      const { certPath, keyPath, facts, isNew } = gateway.tls!;
      assert(isNew);
      assertEquals(certPath, `${stateDir}/gateway/tls/gateway-cert.pem`);
      for (const path of [certPath, keyPath]) {
        assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600, path);
      }
      assertEquals((await Deno.stat(`${stateDir}/gateway/tls`)).mode! & 0o777, 0o700);
      fingerprint = facts.fingerprint;
      assertEquals((await peekCertificate(target(gateway))).fingerprint, fingerprint);
    }
    await using again = await TestGateway.start({ config: TLS_CONFIG, stateDir });
    assertEquals([again.tls!.isNew, again.tls!.facts.fingerprint], [false, fingerprint]);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("what waits for a service sees that a gateway with TLS answers", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  const { port } = gateway.gateway;
  assertEquals(await askProbe(port), true);
  const ready = await askLocally(port, "/readyz", 5000);
  assertEquals([ready?.status, JSON.parse(ready?.text ?? "").ready], [200, true]);
  assertEquals((await askLocally(port, "/nothing-here", 5000))?.status, 404);
});

Deno.test("the port of a gateway with TLS hangs up on plain HTTP and on other protocols", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  const { port } = gateway.gateway;
  const answer = await sayPlain(port, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  assertMatch(
    new TextDecoder().decode(answer),
    /^HTTP\/1\.1 400 .*This port speaks TLS only: use https:\/\/ or wss:\/\//s,
  );
  const onlyH2 = Deno.connectTls({
    hostname: "127.0.0.1",
    port,
    caCerts: [await Deno.readTextFile(gateway.tls!.certPath)],
    alpnProtocols: ["h2"],
  }).then((conn) => conn.handshake().finally(() => conn.close()));
  await assertRejects(() => onlyH2, Error, "ApplicationProtocol");
});

Deno.test("a peer that does not shake hands is cut after the time of a request's head", async () => {
  await using gateway = await TestGateway.start({
    config: TLS_CONFIG,
    guard: { headMs: 100, sweepMs: 20, lingerMs: 50 },
  });
  const startedAt = performance.now();
  const { port } = gateway.gateway;
  const silent = sayPlain(port, "");
  // The first bytes of a ClientHello that never goes on.
  const stuck = sayPlain(port, "\x16\x03\x01\x02\x00\x01");
  await Promise.all([silent, stuck]);
  assert(performance.now() - startedAt < 5000);
  using client = await trusting(gateway);
  const health = await fetch(`${gateway.httpUrl}/health`, { client });
  assertEquals(await health.text().then((text) => text !== ""), true);
});

Deno.test("openPinnedRoute() sends nothing to a server with another certificate", async () => {
  const names = ["127.0.0.1"];
  const [notBefore, notAfter] = [Date.now() - 1000, Date.now() + 60_000];
  const pair = await createSelfSigned({ commonName: "other", names, notBefore, notAfter });
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair });
  const received = listener.accept().then(async (conn) => {
    const count = await conn.read(new Uint8Array(10)).catch(() => null);
    conn.close();
    return count;
  });
  const { port } = listener.addr;
  const error = await assertRejects(() =>
    openPinnedRoute({
      place: () => Promise.resolve({ host: "127.0.0.1", port }),
      authority: "gateway.example",
      timeoutMs: 5000,
      fingerprint: "ab".repeat(32),
    })
  );
  assertMatch(String(error), /gateway tls fingerprint mismatch: "gateway\.example"/);
  assertEquals(await received, null);
});

Deno.test("a certificate that is replaced on disk is served without a restart", async () => {
  const refused = Promise.withResolvers<void>();
  const log: Logger = {
    ...silentLogger,
    child: () => log,
    warn: (text) => text.includes("the certificate in force stays") && refused.resolve(),
  };
  await using gateway = await TestGateway.start({ config: TLS_CONFIG, watchMs: 10, log });
  const route = await openPinnedRoute(target(gateway));
  const before = await GatewayClient.connect({
    url: route.url,
    token: TOKEN,
    client: CLIENT,
    scopes: ["operator.read"],
  });
  const { certPath, keyPath, facts } = gateway.tls!;
  const [notBefore, notAfter] = [Date.now() - 1000, Date.now() + 90 * 86_400_000];
  const next = await createSelfSigned({
    commonName: "next",
    names: ["127.0.0.1"],
    notBefore,
    notAfter,
  });
  await Deno.writeTextFile(certPath, next.cert);
  // The pair does not fit yet: the one in force stays.
  await refused.promise;
  assertEquals((await peekCertificate(target(gateway))).fingerprint, facts.fingerprint);
  await Deno.writeTextFile(keyPath, next.key);
  let shown = facts;
  while (shown.fingerprint === facts.fingerprint) {
    shown = await peekCertificate(target(gateway)).catch(() => facts);
  }
  assertEquals(shown.subject, "CN=next");
  await before.request("status");
  before.close();
  await before.closed;
  route.close();
});

Deno.test("a gateway with TLS ends while a peer holds a connection without reading", async () => {
  const gateway = await TestGateway.start({ config: TLS_CONFIG });
  const socket = connectTls({
    host: "127.0.0.1",
    port: gateway.gateway.port,
    rejectUnauthorized: false,
  });
  await new Promise<void>((resolve) => socket.once("secureConnect", () => resolve()));
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  socket.resume();
  await gateway[Symbol.asyncDispose]();
  await closed;
});

Deno.test("a peer with TLS that takes no answers is cut", async () => {
  await using gateway = await TestGateway.start({
    config: TLS_CONFIG,
    guard: { writeStallMs: 100, sweepMs: 20 },
  });
  using conn = await Deno.connectTls({
    hostname: "127.0.0.1",
    port: gateway.gateway.port,
    caCerts: [await Deno.readTextFile(gateway.tls!.certPath)],
  });
  const request = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(50));
  await assertRejects(async () => {
    while (true) await conn.write(request);
  });
});
