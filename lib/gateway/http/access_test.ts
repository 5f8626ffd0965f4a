import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { RunListener } from "../../agents/mod.ts";
import { type AnsweredRequest, HttpTraffic, type Peer } from "../../http/mod.ts";
import { ManualClock, outcomeOf, recordingLogger, runOf } from "../_testing.ts";
import { Authenticator, type SharedSecret } from "../authenticator.ts";
import { Startup } from "../startup.ts";
import type { GatewayState } from "../state.ts";
import { createAccess } from "./access.ts";

function scene(http: Record<string, unknown> = {}, secret?: SharedSecret, ui?: unknown) {
  const clock = new ManualClock();
  const { log, lines } = recordingLogger();
  const followers = new Set<RunListener>();
  const gateway = { http, controlUi: ui };
  const state = {
    clock,
    log,
    startedAt: clock.ms,
    traffic: new HttpTraffic(),
    startup: new Startup(),
    authenticator: new Authenticator(secret ?? { mode: "token", secret: "right" }, clock),
    origins: () => ({ allowedOrigins: [], allowsHostFallback: false, hearsLocalPages: true }),
    config: () => ({ config: { gateway } }),
    eventLoop: { figures: () => ({ delayP99Ms: 12, delayMaxMs: 30, utilization: 0.25 }) },
    broadcaster: { size: 3 },
    runs: {
      activeCount: 2,
      waitingCount: 1,
      follow: (listener: RunListener) => {
        followers.add(listener);
        return () => followers.delete(listener);
      },
    },
  };
  // These are all it looks at.
  const access = createAccess(state as unknown as GatewayState);
  return { access, clock, lines, followers, gateway, state };
}

const ANSWERED: AnsweredRequest = {
  method: "POST",
  path: "/v1/chat/completions",
  route: "/v1/chat/completions",
  status: 200,
  bytes: 321,
  isComplete: true,
  durationMs: 12.4,
  requestId: "req-1",
  address: "192.0.2.7",
};

function peer(over: Partial<Peer> = {}): Peer {
  const address = "127.0.0.1";
  return { address, socketAddress: address, isDirect: true, isLocalDirect: true, ...over };
}

Deno.test("HttpAccess.observer() is nobody until something is switched on", () => {
  assertEquals(scene().access.observer(), undefined);
  assertEquals(scene({ accessLog: "off" }).access.observer(), undefined);
});

Deno.test("HttpAccess.observer() writes a line for each request, without capabilities", () => {
  const { access, lines } = scene({ accessLog: "info" });
  const observer = access.observer()!;
  assert(observer.countsBytes);
  observer.answered(ANSWERED);
  observer.answered({ ...ANSWERED, path: "/__openclaw__/cap/s3cret/a2ui/", isComplete: false });
  assertEquals(lines, [
    "info: POST /v1/chat/completions 200 321B 12ms req-1 192.0.2.7",
    "info: POST /__openclaw__/cap/***/a2ui/ 200 321B 12ms req-1 192.0.2.7 (client gone)",
  ]);
  const quiet = scene({ accessLog: "debug" });
  quiet.access.observer()!.answered(ANSWERED);
  assert(quiet.lines[0]?.startsWith("debug: POST "));
});

Deno.test("HttpAccess.metrics() counts runs and requests while it is switched on", () => {
  const { access, clock, followers, gateway, state } = scene({
    endpoints: { metrics: { enabled: true } },
  });
  assertEquals(followers.size, 1, "runs count from the start");
  const observer = access.observer()!;
  assertFalse(observer.countsBytes);
  observer.answered(ANSWERED);
  observer.answered({ ...ANSWERED, status: 503 });
  const run = runOf();
  for (const listener of followers) listener({ type: "end", outcome: outcomeOf(run) }, run);
  state.authenticator.check({ token: "wrong", address: "192.0.2.1", isLocalDirect: false });
  clock.ms += 1500;
  const text = access.metrics();
  const expected = [
    'openclaw_http_requests_total{route="/v1/chat/completions",status="2xx"} 1',
    'openclaw_http_requests_total{route="/v1/chat/completions",status="5xx"} 1',
    'openclaw_http_request_duration_seconds_bucket{route="/v1/chat/completions",le="0.025"} 2',
    'openclaw_runs_total{outcome="ok"} 1',
    "openclaw_run_duration_seconds_count 1",
    'openclaw_tokens_total{kind="input"} 10',
    'openclaw_auth_failures_total{kind="shared"} 1',
    "openclaw_uptime_seconds 1.5",
    "openclaw_event_loop_delay_p99_seconds 0.012",
    "openclaw_runs_active 2",
    "openclaw_websocket_clients 3",
    "openclaw_ready 1",
  ];
  for (const line of expected) assertStringIncludes(text, `\n${line}\n`);
  gateway.http = {};
  assertEquals([access.metrics(), access.observer(), followers.size], ["", undefined, 0]);
});

Deno.test("HttpAccess.corsOrigins() takes the star only where a credential is needed", () => {
  const cors = { cors: { allowedOrigins: ["*", "https://App.example"] } };
  const modes: [SharedSecret, string[]][] = [
    [{ mode: "token", secret: "x" }, ["*", "https://app.example"]],
    [{ mode: "password", secret: "x" }, ["*", "https://app.example"]],
    [{ mode: "none" }, ["https://app.example"]],
    [{ mode: "trusted-proxy" }, ["https://app.example"]],
  ];
  for (const [secret, origins] of modes) {
    assertEquals(scene(cors, secret).access.corsOrigins(), origins, secret.mode);
  }
});

Deno.test("HttpAccess.isHostAllowed() looks at names from this machine, and through proxies where nothing else protects", () => {
  const proxied = { isDirect: false, isLocalDirect: false };
  const remote = { ...proxied, socketAddress: "192.0.2.1", isDirect: true };
  const cases: [SharedSecret["mode"], host: string, Partial<Peer>, boolean][] = [
    ["token", "127.0.0.1:18789", {}, true],
    ["token", "evil.example:18789", {}, false],
    ["token", "evil.example", proxied, true],
    ["token", "gateway.example", remote, true],
    ["none", "evil.example", proxied, false],
    ["none", "localhost", proxied, true],
    ["none", "ui.example", proxied, true],
    ["trusted-proxy", "evil.example", proxied, false],
    ["trusted-proxy", "evil.example", remote, true],
  ];
  for (const [mode, host, over, expected] of cases) {
    const { access } = scene({}, { mode, secret: "x" }, { allowedOrigins: ["https://ui.example"] });
    const request = new Request("http://gateway/", { headers: { host } });
    assertEquals(access.isHostAllowed(request, peer(over)), expected, `${mode} ${host}`);
  }
});

Deno.test("HttpAccess.authorize() hears no foreign page where the place alone decides", () => {
  const { access } = scene({ cors: { allowedOrigins: ["https://app.example"] } }, { mode: "none" });
  const verdict = (headers: Record<string, string>) =>
    access.authorize(
      new Request("http://a/", { headers: { host: "127.0.0.1", ...headers } }),
      peer(),
    );
  assert(verdict({}).ok);
  assert(verdict({ origin: "http://127.0.0.1" }).ok);
  assert(verdict({ origin: "https://app.example" }).ok);
  assertEquals(verdict({ origin: "https://evil.example" }), {
    ok: false,
    status: 403,
    origin: "https://evil.example",
  });
  assertEquals(verdict({ "sec-fetch-site": "cross-site" }).ok, false);
});

Deno.test("HttpAccess.authorize() hears whoever knows the credential, from wherever", () => {
  const headers = { authorization: "Bearer right", origin: "file://", host: "127.0.0.1" };
  assert(scene().access.authorize(new Request("http://a/", { headers }), peer()).ok);
});

Deno.test("HttpAccess.authorize() says in the log why a request is none of the proxy's, once a minute", () => {
  const proxy = {
    trustedProxies: ["192.0.2.1"],
    allowLoopback: false,
    requiredHeaders: [],
    userHeader: "x-user",
    allowUsers: [],
  };
  const { access, lines, clock } = scene({}, { mode: "trusted-proxy", proxy });
  const from = (socketAddress: string) => {
    const verdict = access.authorize(new Request("http://a/"), peer({ socketAddress }));
    assertEquals(verdict.ok, false);
  };
  from("192.0.2.1");
  from("192.0.2.1");
  from("198.51.100.7");
  const missing = "warn: request from 192.0.2.1 refused: trusted_proxy_user_missing";
  const strange = "warn: request from 198.51.100.7 refused: trusted_proxy_untrusted_source";
  assertEquals(lines, [missing, strange]);
  clock.ms += 60_000;
  from("192.0.2.1");
  assertEquals(lines, [missing, strange, missing]);
});
