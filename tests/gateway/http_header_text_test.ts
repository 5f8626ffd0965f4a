import { assertEquals } from "@std/assert";
import { TestGateway } from "../harness/gateway.ts";
import { encodeRequest, readRaw, writeAll } from "../harness/raw_http.ts";

const PASSWORD = "offne dich, Türchen";
const HOOK_TOKEN = "hook-token-ä-0123456789";

/** A request as programs send it: what is beyond ASCII as UTF-8, or as one byte a character. */
async function send(
  { gateway }: TestGateway,
  target: string,
  headers: Record<string, string>,
  isLatin: boolean,
): Promise<number> {
  const request = encodeRequest(gateway.port, { method: "POST", target, headers, body: "{}" });
  const text = new TextDecoder().decode(request);
  const bytes = isLatin ? Uint8Array.from(text, (char) => char.charCodeAt(0)) : request;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: gateway.port });
  await writeAll(conn, bytes);
  return (await readRaw(conn)).status;
}

Deno.test("headers: a password beyond ASCII opens the gateway, however a client sends it", async () => {
  await using gateway = await TestGateway.start({
    secret: { mode: "password", secret: PASSWORD },
    config: { hooks: { enabled: true, token: HOOK_TOKEN } },
  });
  for (const isLatin of [false, true]) {
    const ask = (target: string, secret: string) =>
      send(gateway, target, { authorization: `Bearer ${secret}` }, isLatin);
    assertEquals(await ask("/v1/embeddings", PASSWORD), 400);
    assertEquals(await ask("/v1/embeddings", PASSWORD.replace("ü", "ö")), 401);
    assertEquals(await ask("/hooks/wake", HOOK_TOKEN), 400);
    assertEquals(await ask("/hooks/wake", HOOK_TOKEN.replace("ä", "ö")), 401);
  }
});

Deno.test("headers: a session named beyond ASCII is the same one everywhere", async () => {
  await using gateway = await TestGateway.start({ secret: { mode: "none" } });
  const key = "agent:main:größe";
  const headers = { "x-openclaw-session-key": key };
  const body = JSON.stringify({ messages: [{ role: "user", content: "hi" }] });
  const { port } = gateway.gateway;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = { method: "POST", target: "/v1/chat/completions", headers, body };
  await writeAll(conn, encodeRequest(port, request));
  assertEquals((await readRaw(conn)).status, 200);
  const history = await fetch(`${gateway.httpUrl}/sessions/${encodeURIComponent(key)}/history`);
  const { sessionKey, messages } = await history.json();
  assertEquals([sessionKey, messages.length], [key, 2]);
});
