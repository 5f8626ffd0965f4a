import { assertEquals, assertRejects } from "@std/assert";
import { RawSocket } from "./socket.ts";

/** A gateway of two methods: `agent` answers twice, everything else fails. */
function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const send = (frame: unknown): void => socket.send(JSON.stringify(frame));
    socket.onopen = () => send({ type: "event", event: "connect.challenge", payload: {} });
    socket.onmessage = ({ data }) => {
      const { id, method, params } = JSON.parse(data);
      if (method === "connect" && params.auth.token === "good") {
        return send({ type: "res", id, ok: true, payload: { type: "hello-ok" } });
      }
      if (method === "agent") {
        send({ type: "res", id, ok: true, payload: { status: "accepted" } });
        return send({ type: "res", id, ok: true, payload: { status: "ok" } });
      }
      send({ type: "res", id, ok: false, error: { message: "no" } });
    };
    return response;
  });
}

Deno.test("RawSocket passes over the acceptance and gives the final answer", async () => {
  await using server = serve();
  await using socket = await RawSocket.connect(`ws://127.0.0.1:${server.addr.port}`, "good");
  assertEquals(await socket.request("agent", {}), { status: "ok" });
  await assertRejects(() => socket.request("other", {}), Error, "other: no");
});

Deno.test("RawSocket fails when the token is refused", async () => {
  await using server = serve();
  const url = `ws://127.0.0.1:${server.addr.port}`;
  await assertRejects(() => RawSocket.connect(url, "bad"), Error, "connect: no");
});
