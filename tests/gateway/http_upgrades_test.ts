import { assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { sendRaw } from "../harness/raw_http.ts";

const AUTHORIZATION = `Bearer ${TOKEN}`;

Deno.test("upgrades: who only offers to go on in HTTP/2 is answered in HTTP/1.1", async () => {
  await using gateway = await TestGateway.start();
  const ask = async (headers: Record<string, string>) => {
    const all = { authorization: AUTHORIZATION, ...headers };
    const { status } = await sendRaw(gateway.gateway.port, { target: "/v1/models", headers: all });
    return status;
  };
  const offer = { connection: "Upgrade, HTTP2-Settings", "http2-settings": "AAMAAABkAAQAAP__" };
  assertEquals(await ask({ ...offer, connection: "close, Upgrade", upgrade: "h2c" }), 200);
  assertEquals(await ask({ connection: "close, Upgrade", upgrade: "h2c" }), 400);
  assertEquals(await ask({ ...offer, connection: "close, Upgrade", upgrade: "tls/1.0" }), 400);
});

Deno.test("upgrades: refusals carry what every answer carries", async () => {
  await using gateway = await TestGateway.start({
    config: {
      gateway: {
        mode: "local",
        http: { securityHeaders: { strictTransportSecurity: "max-age=9" } },
      },
    },
  });
  const socket = { connection: "close, Upgrade", upgrade: "websocket" };
  const cases: [status: number, headers: Record<string, string>][] = [
    [400, { connection: "close, Upgrade", upgrade: "other" }],
    [426, socket],
    [403, { ...socket, host: "evil.example" }],
  ];
  for (const [status, headers] of cases) {
    const answer = await sendRaw(gateway.gateway.port, {
      target: "/",
      headers: { ...headers, "x-request-id": "asked-1" },
    });
    const names = ["x-content-type-options", "x-request-id", "strict-transport-security"];
    assertEquals([answer.status, ...names.map((name) => answer.headers.get(name))], [
      status,
      "nosniff",
      "asked-1",
      "max-age=9",
    ]);
  }
});
