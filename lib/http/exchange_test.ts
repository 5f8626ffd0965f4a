import { assertEquals, assertRejects } from "@std/assert";
import type { RequestContext } from "./context.ts";
import { beginExchange, followBody } from "./exchange.ts";
import { endEvent, FakeGateway, helloRun, REMOTE_PEER, TEST_TOKEN, waitingRun } from "./testing.ts";
import type { AnsweredRequest } from "./types.ts";

const AUTH = { authorization: `Bearer ${TEST_TOKEN}` };
const HI = { messages: [{ role: "user", content: "hi" }] };

function observed(run = helloRun, countsBytes = true) {
  const seen: AnsweredRequest[] = [];
  let ms = 0;
  const gateway = new FakeGateway(run, {
    monotonic: () => ms += 7,
    observer: () => ({ countsBytes, answered: (request) => void seen.push(request) }),
  });
  return { gateway, seen };
}

function contextOf(gateway: FakeGateway): RequestContext {
  return {
    request: new Request("http://gateway.test/file"),
    peer: REMOTE_PEER,
    deps: gateway.deps(helloRun),
    path: "/file",
    requestId: "req-1",
  };
}

Deno.test("createHttpHandler() reports each answer: no query, no header", async () => {
  const { gateway, seen } = observed();
  const headers = { ...AUTH, "x-request-id": "req-1" };
  const response = await gateway.send("/v1/models?token=secret", { headers });
  const body = await response.text();
  assertEquals(seen, [{
    method: "GET",
    path: "/v1/models",
    route: "/v1/models",
    status: 200,
    bytes: body.length,
    isComplete: true,
    durationMs: 7,
    requestId: "req-1",
    address: REMOTE_PEER.address,
  }]);
});

Deno.test("createHttpHandler() names routes, not what clients write", async () => {
  const { gateway, seen } = observed();
  for (const path of ["/v1/models/openclaw", "/wp-login.php", "/v1/nothing", "/healthz"]) {
    await (await gateway.send(path, { headers: AUTH })).body?.cancel();
  }
  assertEquals(seen.map(({ route }) => route), ["/v1/models/*", "other", "other", "/healthz"]);
});

Deno.test("createHttpHandler() keeps what an answer says of itself when it is measured", async () => {
  const { gateway } = observed();
  const plain = new FakeGateway();
  for (const [method, path] of [["HEAD", "/"], ["GET", "/nothing"], ["DELETE", "/v1/models"]]) {
    const [a, b] = [await gateway.send(path!, { method }), await plain.send(path!, { method })];
    for (const response of [a, b]) response.headers.delete("x-request-id");
    assertEquals([a.status, [...a.headers]], [b.status, [...b.headers]]);
    assertEquals(await a.text(), await b.text());
  }
});

Deno.test("beginExchange() ends with an answer that breaks while it is measured", async () => {
  const { gateway, seen } = observed();
  const broken = new ReadableStream({ pull: () => Promise.reject(new Error("broke")) });
  const finish = beginExchange(contextOf(gateway), "/file");
  await assertRejects(async () => await finish(new Response(broken)), Error, "broke");
  assertEquals([gateway.traffic.active, seen[0]?.isComplete], [0, false]);
});

Deno.test("createHttpHandler() counts a stream until its end, or until its client is gone", async () => {
  const { gateway, seen } = observed();
  const stream = await gateway.chat({ ...HI, stream: true });
  assertEquals([gateway.traffic.active, seen.length], [1, 0]);
  const text = await stream.text();
  assertEquals([gateway.traffic.active, seen[0]?.bytes, seen[0]?.isComplete], [
    0,
    text.length,
    true,
  ]);
  const ended = Promise.withResolvers<unknown>();
  const left = observed(waitingRun([{ type: "text", delta: "a" }], ended.resolve));
  const endless = await left.gateway.chat({ ...HI, stream: true });
  const reader = endless.body!.getReader();
  await reader.read();
  await reader.cancel("gone");
  await ended.promise;
  assertEquals([left.gateway.traffic.active, left.seen[0]?.isComplete], [0, false]);
});

Deno.test("createHttpHandler() counts requests without an observer, too, failures included", async () => {
  const gateway = new FakeGateway(async function* () {
    yield { type: "text", delta: "a" };
    yield endEvent("a");
  });
  for (const path of ["/healthz", "/v1/nothing"]) {
    await (await gateway.send(path)).body?.cancel();
  }
  await (await gateway.chat({ ...HI, stream: true })).text();
  await (await gateway.chat("{")).text();
  assertEquals(gateway.traffic.active, 0);
});

Deno.test("createHttpHandler() refuses new requests while it stops, but for probes", async () => {
  const gateway = new FakeGateway();
  gateway.traffic.stop();
  const refused = await gateway.chat(HI);
  const { error } = await refused.json();
  assertEquals([refused.status, error.code], [503, "GATEWAY_STOPPING"]);
  assertEquals(refused.headers.get("retry-after"), "2");
  assertEquals(refused.headers.get("connection"), "close");
  const live = await gateway.send("/healthz");
  await live.body?.cancel();
  assertEquals([live.status, gateway.runs.length], [200, 0]);
});

Deno.test("createHttpHandler() refuses a strange host on everything but probes", async () => {
  const gateway = new FakeGateway(helloRun, { isHostAllowed: () => false });
  const statuses: number[] = [];
  for (const path of ["/v1/models", "/", "/nothing", "/hooks/x", "/healthz", "/readyz"]) {
    const response = await gateway.send(path);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assertEquals(statuses, [403, 403, 403, 403, 200, 200]);
  const { error } = await (await gateway.send("/v1/models", { headers: AUTH })).json();
  assertEquals([error.code, gateway.authorizations], ["HOST_NOT_ALLOWED", 0]);
});

Deno.test("followBody() passes a failure on and counts what came before it", async () => {
  const ends: [number, boolean][] = [];
  let pulls = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulls++ > 0) throw new Error("broke");
      controller.enqueue(new Uint8Array(3));
    },
  }, { highWaterMark: 0 });
  const body = followBody(source, (bytes, isComplete) => void ends.push([bytes, isComplete]));
  assertEquals(pulls, 0, "nothing is read ahead");
  await assertRejects(() => new Response(body).bytes(), Error, "broke");
  assertEquals(ends, [[3, false]]);
});

Deno.test("followBody() tells one end of a client that leaves while something is read", async () => {
  const ends: [number, boolean][] = [];
  const reached = Promise.withResolvers<void>();
  const source = new ReadableStream<Uint8Array>({
    pull() {
      reached.resolve();
      return new Promise(() => {});
    },
  }, { highWaterMark: 0 });
  const body = followBody(source, (bytes, isComplete) => void ends.push([bytes, isComplete]));
  const reader = body.getReader();
  const reading = reader.read();
  await reached.promise;
  await reader.cancel("gone");
  assertEquals((await reading).done, true);
  // The read that was under way ends as well, one turn later.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(ends, [[0, false]]);
});
