import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { SharedSecret } from "../../lib/gateway/mod.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { type RawAnswer, sendRaw } from "../harness/raw_http.ts";
import { RawWebSocket } from "../harness/raw_websocket.ts";
import { connectParams } from "../harness/socket.ts";
import {
  type CredentialRow,
  CREDENTIALS,
  type HostRow,
  HOSTS,
  httpVerdict,
  LISTED,
  type OriginRow,
  ORIGINS,
  REBOUND,
  socketVerdict,
} from "./http_table.ts";

type Mode = CredentialRow["mode"];
type Headers = Record<string, string>;

const PROXY = {
  userHeader: "x-user",
  requiredHeaders: [],
  allowUsers: [],
  allowLoopback: true,
  trustedProxies: ["127.0.0.1"],
};

const SECRETS: Readonly<Record<Mode, SharedSecret>> = {
  token: { mode: "token", secret: TOKEN },
  password: { mode: "password", secret: TOKEN },
  none: { mode: "none" },
  "trusted-proxy": { mode: "trusted-proxy", proxy: PROXY },
};

/** A gateway that knows the listed names and lets everybody guess on. */
function start(mode: Mode, http: Record<string, unknown> = {}): Promise<TestGateway> {
  const gateway = {
    mode: "local",
    auth: { rateLimit: { maxAttempts: 100_000 } },
    controlUi: { allowedOrigins: [LISTED.ui] },
    http: { cors: { allowedOrigins: [LISTED.cors] }, ...http },
  };
  return TestGateway.start({ config: { gateway }, secret: SECRETS[mode] });
}

function headersOf(port: number, origin: OriginRow, host: HostRow, who: CredentialRow): Headers {
  const name = host.host(port);
  const page = origin.origin?.(name, port);
  return {
    host: name,
    ...host.headers,
    ...(page === undefined ? {} : { origin: page }),
    ...shown(who),
  };
}

function shown({ mode, shows }: CredentialRow): Headers {
  if (shows === "nothing") return {};
  if (mode === "trusted-proxy") return { "x-user": "owner" };
  return { authorization: `Bearer ${shows === "right" ? TOKEN : "wrong"}` };
}

function chat(headers: Headers): Parameters<typeof sendRaw>[1] {
  const body = JSON.stringify({ stream: true, messages: [{ role: "user", content: "hi" }] });
  return { method: "POST", target: "/v1/chat/completions", headers, body };
}

function told({ status, headers, text }: RawAnswer) {
  const code = status === 200 ? undefined : /"code":"([A-Z_]+)"/.exec(text)?.[1];
  const isReadable = headers.has("access-control-allow-origin");
  return { status, ...(code === undefined ? {} : { code }), isReadable };
}

/**
 * How a WebSocket fares: `heard`, the status of a refused upgrade, or why connect was refused. Whoever
 * only lacks a device was heard.
 */
async function knock(port: number, headers: Headers, who: CredentialRow): Promise<string> {
  const { host, ...others } = headers;
  await using socket = await RawWebSocket.open(port, { headers: { Host: host!, ...others } });
  if (socket.answer.status !== 101) return String(socket.answer.status);
  await socket.nextJson();
  const secret = who.shows === "right" ? TOKEN : "wrong";
  const auth = who.shows === "nothing" || who.mode === "trusted-proxy"
    ? {}
    : { [who.mode]: secret };
  const params = connectParams({ auth });
  await socket.sendJson({ type: "req", id: "1", method: "connect", params });
  const { ok, error } = await socket.response("1");
  if (ok || error.details.code === "DEVICE_IDENTITY_REQUIRED") return "heard";
  const { code } = error.details;
  return code === "CONTROL_UI_ORIGIN_NOT_ALLOWED" ? code : "refused";
}

for (const mode of Object.keys(SECRETS) as Mode[]) {
  Deno.test(`matrix: origins, hosts and credentials of mode ${mode}, HTTP, SSE and WebSocket`, async () => {
    await using gateway = await start(mode);
    const { port, state } = gateway.gateway;
    let runs = 0;
    for (const who of CREDENTIALS.filter((each) => each.mode === mode)) {
      for (const host of HOSTS) {
        for (const origin of ORIGINS) {
          const name = `${origin.name} / ${host.name} / ${who.name}`;
          const headers = headersOf(port, origin, host, who);
          const expected = httpVerdict(origin, host, who);
          const list = await sendRaw(port, { target: "/v1/models", headers });
          assertEquals(told(list), { ...expected }, `HTTP: ${name}`);
          const stream = await sendRaw(port, chat(headers));
          assertEquals(told(stream), { ...expected }, `SSE: ${name}`);
          if (expected.status === 200) {
            runs++;
            assertStringIncludes(stream.text, "data: [DONE]");
          }
          const socket = await knock(port, headers, who);
          assertEquals(socket, socketVerdict(origin, host, who), `WebSocket: ${name}`);
        }
      }
    }
    assert(runs > 0);
    assertEquals(state.store.listSessions({ limit: 1 }).total, runs, "no refusal began a run");
    assertEquals(state.runs.activeCount, 0);
  });
}

Deno.test("matrix: what a page embeds is refused where the place alone decides", async () => {
  for (const mode of ["none", "trusted-proxy"] as const) {
    await using gateway = await start(mode);
    const { port } = gateway.gateway;
    const user = mode === "none" ? {} : { "x-user": "owner" };
    for (const site of ["cross-site", "same-site"]) {
      for (const dest of ["image", "script", "iframe", "document", "empty"]) {
        const headers = { ...user, "sec-fetch-site": site, "sec-fetch-dest": dest };
        const { status } = await sendRaw(port, { target: "/v1/models", headers });
        assertEquals(status, 403, `${site} ${dest}`);
      }
    }
    for (const site of ["none", "same-origin"]) {
      const headers = { ...user, "sec-fetch-site": site };
      assertEquals((await sendRaw(port, { target: "/v1/models", headers })).status, 200);
    }
  }
});

Deno.test("matrix: probes answer under every name and to every page, and tell nothing", async () => {
  await using gateway = await start("none");
  const { port } = gateway.gateway;
  const headers = { host: REBOUND, origin: "https://elsewhere.example" };
  for (const [target, body] of [["/healthz", '"live"'], ["/readyz", '{"ready":true}']]) {
    const { status, text, headers: answered } = await sendRaw(port, { target: target!, headers });
    assertEquals(status, 200);
    assertStringIncludes(text, body!);
    assertEquals(answered.get("access-control-allow-origin"), null);
  }
});

Deno.test("matrix: other spellings of a path never reach what it protects", async () => {
  await using gateway = await start("token");
  const { port } = gateway.gateway;
  const spellings = [
    "/v1/models/",
    "//v1/models",
    "/./v1/models",
    "/health/../v1/models",
    "/healthz/../v1/models",
    "/v1/../v1/models",
    "/%761/models",
    "/v1%2fmodels",
    "/v1/%6dodels",
    "/healthz/%2e%2e/v1/models",
    "/healthz;/v1/models",
    "/healthz%00/v1/models",
    "/V1/MODELS",
    "/v1/models%20",
    "/v1/models\\",
    "http://127.0.0.1/v1/models",
    "/v1/models#/healthz",
    "/v1/models?/healthz",
    "/%68ealthz/v1/models",
  ];
  for (const target of spellings) {
    const { status, text } = await sendRaw(port, { target });
    assert([400, 401, 404].includes(status), `${target}: ${status}`);
    assert(!text.includes('"object":"list"'), target);
  }
});

Deno.test("matrix: of two credentials neither is guessed", async () => {
  await using gateway = await start("token");
  const { port } = gateway.gateway;
  const cases: [Headers, number][] = [
    [{ authorization: `bearer   ${TOKEN}  ` }, 200],
    [{ authorization: `Basic ${btoa(`:${TOKEN}`)}` }, 401],
    [{ authorization: TOKEN }, 401],
    [{ authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}` }, 401],
    [{ authorization: `Bearer wrong, Bearer ${TOKEN}` }, 401],
    [{ cookie: `token=${TOKEN}` }, 401],
    [{ "tailscale-user-login": "owner@example.com", "x-forwarded-for": "100.64.0.1" }, 401],
    [{ "x-forwarded-user": "owner" }, 401],
    [{ "x-openclaw-token": TOKEN }, 401],
  ];
  for (const [headers, status] of cases) {
    const answer = await sendRaw(port, { target: "/v1/models", headers });
    assertEquals(answer.status, status, JSON.stringify(headers));
  }
  for (const query of [`token=${TOKEN}`, `password=${TOKEN}`, `access_token=${TOKEN}`]) {
    assertEquals((await sendRaw(port, { target: `/v1/models?${query}` })).status, 401);
  }
});
