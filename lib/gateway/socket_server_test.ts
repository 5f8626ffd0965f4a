import { assertEquals } from "@std/assert";
import { silentLogger } from "../base/mod.ts";
import { ManualClock } from "./_testing.ts";
import type { ConnectAttempt } from "./admission.ts";
import { refuse } from "./handshake.ts";
import { RpcServer } from "./rpc.ts";
import { SocketServer } from "./socket_server.ts";
import { WsLog } from "./ws_log.ts";

/** A socket server behind a listener that calls every peer a remote one, and what it judged. */
function serve(): { url: string; attempts: ConnectAttempt[]; stop(): Promise<void> } {
  const attempts: ConnectAttempt[] = [];
  const sockets = new SocketServer({
    clock: new ManualClock(),
    log: silentLogger,
    wsLog: new WsLog(silentLogger, "auto", false),
    rpc: new RpcServer({}, silentLogger),
    handshakeTimeoutMs: 5000,
    admit: (attempt) => {
      attempts.push(attempt);
      return Promise.resolve(refuse({ code: "INVALID_REQUEST", message: "no" }));
    },
    hello: () => {
      throw new Error("nobody is let in");
    },
    onReady() {},
    onGone() {},
  });
  const address = "192.0.2.9";
  const peer = { address, socketAddress: address, isDirect: true, isLocalDirect: false };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => sockets.upgrade(request, peer),
  );
  return {
    url: `127.0.0.1:${server.addr.port}`,
    attempts,
    async stop() {
      await sockets.closeAll(1012, "service restart");
      await server.shutdown();
    },
  };
}

const CONNECT = JSON.stringify({
  type: "req",
  id: "1",
  method: "connect",
  params: {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: "cli", mode: "cli", version: "1", platform: "linux" },
  },
});

Deno.test("SocketServer.upgrade() knows origin and host of a remote peer", async () => {
  const server = serve();
  const socket = new WebSocket(`ws://${server.url}`, { headers: { origin: "https://ui.example" } });
  const closed = new Promise<number>((resolve) => socket.onclose = ({ code }) => resolve(code));
  socket.onmessage = () => socket.send(CONNECT);
  assertEquals(await closed, 1008);
  const [{ peer }] = server.attempts as [ConnectAttempt];
  assertEquals([peer.origin, peer.host], ["https://ui.example", server.url]);
  await server.stop();
});

Deno.test("SocketServer.upgrade() refuses what is no WebSocket handshake", async () => {
  const server = serve();
  const status = async (method: string, version: string | undefined) => {
    const headers: Record<string, string> = version === undefined
      ? {}
      : { "sec-websocket-version": version };
    const response = await fetch(`http://${server.url}`, { method, headers });
    await response.body?.cancel();
    return [response.status, response.headers.get("sec-websocket-version")];
  };
  assertEquals(await status("POST", "13"), [405, null]);
  assertEquals(await status("GET", "8"), [426, "13"]);
  assertEquals(await status("GET", undefined), [426, "13"]);
  assertEquals(await status("GET", "13"), [400, null]);
  await server.stop();
});
