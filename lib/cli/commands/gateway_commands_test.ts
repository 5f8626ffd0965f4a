import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ensureIdentity, writeGatewayToken } from "../../devices/client.ts";
import { Answers, startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";

const HEALTH = {
  ok: true,
  ts: 1,
  durationMs: 2,
  eventLoop: { degraded: false, delayMaxMs: 76, delayP99Ms: 28 },
  channels: { telegram: { configured: true, probe: { ok: true } } },
  channelOrder: ["telegram"],
  channelLabels: { telegram: "Telegram" },
  defaultAgentId: "main",
  agents: [{
    agentId: "main",
    isDefault: true,
    heartbeat: { enabled: true, every: "30m" },
    sessions: { path: "/s.sqlite", count: 2, recent: [] },
  }],
};

const PRESENCE = [{
  host: "box",
  ip: "192.0.2.1",
  version: "2026.5.12",
  platform: "linux 6",
  mode: "gateway",
  ts: 1,
}];

Deno.test("health shows the snapshot and asks for no scope", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { health: () => HEALTH },
  });
  await using home = await createHome({ port: gateway.port });
  const text = await home.run("health");
  assertEquals([text.code, text.err], [0, ""]);
  assertEquals(
    text.out,
    "Telegram: ok\nGateway event loop: ok max=76ms p99=28ms\nAgents: main (default)\n" +
      "Heartbeat interval: 30m (main)\nSession store (main): /s.sqlite (2 entries)\n",
  );
  const json = await home.run("health", "--json");
  assertEquals(JSON.parse(json.out), HEALTH);
  const [connect] = gateway.connects;
  assertEquals(connect!.minProtocol, 4);
  assertEquals(connect!.maxProtocol, 4);
  assertEquals(connect!.scopes, []);
  assertEquals((connect!.client as { id: string; mode: string }).id, "cli");
  assertEquals((connect!.client as { id: string; mode: string }).mode, "cli");
});

Deno.test("health of a gateway that is down names the way out, exit 1", async () => {
  await using home = await createHome();
  const { code, out, err } = await home.run("health");
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "gateway closed (1006 abnormal closure (no close frame))");
  assertStringIncludes(err, "Gateway target: ws://127.0.0.1:1\nSource: local loopback\n");
  assertStringIncludes(err, "Fix: openclaw gateway run");
});

Deno.test("gateway health shows OK and refuses a bare --url", async () => {
  await using gateway = startFakeGateway({ token: "other", methods: { health: () => HEALTH } });
  await using home = await createHome();
  const good = await home.run("gateway", "health", "--url", gateway.url, "--token", "other");
  assertEquals(good.code, 0, good.err);
  assert(/^Gateway Health\nOK \(\d+ms\)\nTelegram: ok\n$/.test(good.out), good.out);
  const bare = await home.run("gateway", "health", "--url", gateway.url);
  assertStringIncludes(bare.err, "gateway url override requires explicit credentials");
  const wrong = await home.run("gateway", "health", "--url", gateway.url, "--token", "nope");
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.err, "gateway closed (1008): unauthorized: gateway token mismatch");
});

Deno.test("the token a gateway made for itself is the last resort", async () => {
  await using gateway = startFakeGateway({ token: "made", methods: { health: () => HEALTH } });
  const config = JSON.stringify({ gateway: { mode: "local", port: gateway.port } });
  await using home = await createHome({ config });
  await Deno.mkdir(`${home.dir}/.openclaw/runtime`);
  await Deno.writeTextFile(`${home.dir}/.openclaw/runtime/gateway-token`, "made\n");
  assertEquals((await home.run("health")).code, 0);
});

Deno.test("gateway call passes parameters and asks for the least scope", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: {
      "config.get": (params) => ({ got: params }),
      agent: () => new Answers({ status: "accepted" }, { status: "ok", runId: "r" }),
    },
  });
  await using home = await createHome({ port: gateway.port });
  const text = await home.run("gateway", "call", "config.get", "--params", '{"a":1}');
  assertEquals(text.out, 'Gateway call: config.get\n{\n  "got": {\n    "a": 1\n  }\n}\n');
  assertEquals(gateway.connects[0]!.scopes, ["operator.read"]);
  const first = await home.run("gateway", "call", "agent", "--json");
  assertEquals(JSON.parse(first.out), { status: "accepted" });
  const final = await home.run("gateway", "call", "agent", "--json", "--expect-final");
  assertEquals(JSON.parse(final.out), { status: "ok", runId: "r" });
  assertEquals(gateway.connects[2]!.scopes, ["operator.write"]);
  const unknown = await home.run("gateway", "call", "no.such");
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.err, "Gateway call failed: unknown method: no.such");
  const params = await home.run("gateway", "call", "health", "--params", "[1]");
  assertEquals(params.code, 64);
});

Deno.test("gateway status tells a gateway that answers from one that does not", async () => {
  await using gateway = startFakeGateway({ token: "test-token", methods: { status: () => ({}) } });
  await using home = await createHome({ port: gateway.port });
  const good = await home.run("gateway", "status");
  assertEquals(good.code, 0);
  assertStringIncludes(good.out, "Service: systemd user (disabled)\n");
  assertStringIncludes(good.out, "Connectivity probe: ok\nCapability: read-only\nListening: ");
  const json = JSON.parse((await home.run("gateway", "status", "--json", "--require-rpc")).out);
  assertEquals(json.rpc.kind, "read");
  assertEquals(json.rpc.capability, "read_only");
  assertEquals(json.config.cli.valid, true);
  assertEquals(json.gateway.port, gateway.port);
  assertEquals(json.port.status, "busy");
  assertEquals(json.logFile, home.logFile);

  const bad = await home.run("gateway", "status", "--token", "wrong", "--require-rpc");
  assertEquals(bad.code, 1);
  assertStringIncludes(bad.err, "Read probe: failed\n");
  assertStringIncludes(bad.err, "token mismatch");
  assertEquals((await home.run("gateway", "status", "--token", "wrong")).code, 0);
  const without = JSON.parse((await home.run("gateway", "status", "--no-probe", "--json")).out);
  assertEquals(without.rpc, undefined);
  assertEquals((await home.run("gateway", "status", "--no-probe", "--require-rpc")).code, 1);
});

Deno.test("gateway status works without and with a broken config", async () => {
  await using none = await createHome({ config: null, env: { OPENCLAW_GATEWAY_PORT: "1" } });
  const missing = await none.run("gateway", "status", "--no-probe");
  assertEquals(missing.code, 0);
  assertStringIncludes(missing.out, "openclaw.json (missing)");
  await using broken = await createHome({ config: '{ "gateway": ' });
  const invalid = await broken.run("gateway", "status", "--no-probe");
  assertEquals(invalid.code, 0);
  assertStringIncludes(invalid.out, "openclaw.json (invalid)");
  assertStringIncludes(invalid.err, "Config issue: ");
});

Deno.test("gateway probe tries every address and reports each", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: {
      health: () => HEALTH,
      status: () => ({ runtimeVersion: "2026.5.12" }),
      "system-presence": () => PRESENCE,
      "config.get": () => ({ path: "/c", exists: true, valid: true, issues: [] }),
    },
  });
  await using home = await createHome({ port: gateway.port });
  const text = await home.run("gateway", "probe");
  assertEquals(text.code, 0, text.err);
  assertStringIncludes(text.out, "Reachable: yes\nCapability: read-only\n");
  assertStringIncludes(text.out, "Read probe: ok\n  Gateway: box (192.0.2.1) · linux 6");
  const args = ["gateway", "probe", "--json", "--url", "ws://127.0.0.1:1", "--token", "x"];
  const report = JSON.parse((await home.run(...args)).out);
  assertEquals(report.ok, true);
  assertEquals(report.primaryTargetId, "localLoopback");
  assertEquals(report.targets.map(({ id }: { id: string }) => id), ["explicit", "localLoopback"]);
  assertEquals(report.targets[0].connect.ok, false);
  assertEquals(report.targets[1].self.host, "box");
  assertEquals(report.targets[1].config.valid, true);
  assertEquals((gateway.connects[0]!.client as { mode: string }).mode, "probe");
});

Deno.test("gateway probe exits with 1 when nothing answers", async () => {
  await using home = await createHome();
  const { code, out } = await home.run("gateway", "probe", "--json");
  assertEquals(code, 1);
  const report = JSON.parse(out);
  assertEquals([report.ok, report.warnings[0].code], [false, "no_gateway_reachable"]);
});

Deno.test("gateway probe tells a gateway that refuses from none, and what to do", async () => {
  await using gateway = startFakeGateway({
    refuse: () => ({
      code: "INVALID_REQUEST",
      message: "unauthorized: gateway token mismatch (…)",
      details: {
        code: "AUTH_TOKEN_MISMATCH",
        recommendedNextStep: "update_auth_credentials",
      },
    }),
  });
  await using home = await createHome({ port: gateway.port });
  const text = await home.run("gateway", "probe", "--url", gateway.url, "--token", "wrong");
  assertEquals(text.code, 1);
  assertStringIncludes(text.out, "Reachable: no, refused\n");
  assertStringIncludes(text.out, "- A gateway answers, and refuses to be probed\n");
  assertStringIncludes(text.out, "  Connect: refused - gateway closed (1008): unauthorized: ");
  assertStringIncludes(text.out, "Fix: Repeat it with the --token or --password of that gateway\n");
  const json = JSON.parse((await home.run("gateway", "probe", "--json")).out);
  assertEquals([json.ok, json.warnings[0].code], [false, "gateway_refused"]);
  assertEquals(json.targets[0].connect.refused, true);
});

Deno.test("--url needs no credential where the gateway has given this machine a token", async () => {
  await using home = await createHome();
  const stateDir = `${home.dir}/.openclaw`;
  // Plain text to another machine is refused as well, but later: nothing is sent.
  const url = "ws://gateway.example:18789";
  const call = () => home.run("gateway", "call", "health", "--url", url);
  assertStringIncludes((await call()).err, "requires explicit credentials");
  const { deviceId } = await ensureIdentity(stateDir, { now: () => 1, monotonic: () => 0 });
  const place = { stateDir, deviceId, url, isShared: false };
  const token = { token: "dt", role: "operator", scopes: [], updatedAtMs: 1 };
  await writeGatewayToken({ ...place, url: "ws://other.example:18789" }, token);
  assertStringIncludes((await call()).err, "requires explicit credentials");
  await writeGatewayToken(place, token);
  assertStringIncludes((await call()).err, "uses plaintext ws://");
});

Deno.test("status is exit 0 with the gateway down, except --deep", async () => {
  await using home = await createHome();
  const down = await home.run("status");
  assertEquals(down.code, 0);
  assertStringIncludes(down.out, "unreachable (gateway closed (1006");
  assertStringIncludes(down.out, "Start it: openclaw gateway run");
  assertEquals((await home.run("status", "--deep")).code, 1);
  assertEquals(JSON.parse((await home.run("status", "--json")).out).gateway.reachable, false);
});

Deno.test("status shows sessions and hides the token", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: {
      status: () => ({ runtimeVersion: "2026.5.12", sessions: { count: 1 } }),
      "sessions.list": () => ({
        sessions: [{ key: "agent:main:main", kind: "direct", model: "m", totalTokens: 7 }],
      }),
      "channels.status": () => ({ channels: {}, channelOrder: [] }),
      "system-presence": () => PRESENCE,
      health: () => HEALTH,
    },
  });
  await using home = await createHome({ port: gateway.port });
  const { code, out } = await home.run("status", "--all");
  assertEquals(code, 0);
  assertStringIncludes(out, "auth token · box 2026.5.12");
  assertStringIncludes(out, "agent:main:main  direct  -    m      7");
  assertStringIncludes(out, "✓ gateway answers");
  assert(!out.includes("test-token"));
});

Deno.test("status and gateway status show the config file that the gateway has refused", async () => {
  const rejectedConfig = { path: "/c", hash: "0", ts: 1, message: "gateway.port: bad", issues: [] };
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { status: () => ({ rejectedConfig }) },
  });
  await using home = await createHome({ port: gateway.port });
  const text = await home.run("status");
  assertStringIncludes(text.out, "an earlier one is in force (gateway.port: bad)");
  assertEquals(JSON.parse((await home.run("status", "--json")).out).rejectedConfig, rejectedConfig);
  const facts = await home.run("gateway", "status", "--require-rpc");
  assertStringIncludes(facts.err, "an earlier one is in force: gateway.port: bad\n");
  const json = await home.run("gateway", "status", "--require-rpc", "--json");
  assertEquals(JSON.parse(json.out).rpc.rejectedConfig, rejectedConfig);
});

Deno.test("a config file that went bad leaves the gateway reachable by the last accepted one", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: { health: () => HEALTH, status: () => ({}) },
  });
  await using home = await createHome({ port: gateway.port });
  await Deno.copyFile(home.configPath, `${home.configPath}.last-good`);
  await Deno.writeTextFile(home.configPath, "{");
  const health = await home.run("health");
  assertEquals(health.code, 0, health.err);
  assertStringIncludes(health.err, "OpenClaw config is invalid");
  const json = JSON.parse((await home.run("gateway", "status", "--require-rpc", "--json")).out);
  assertEquals([json.rpc.ok, json.config.cli.valid, json.gateway.port], [
    true,
    false,
    gateway.port,
  ]);
});
