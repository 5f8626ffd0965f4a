import { assertEquals } from "@std/assert";
import { FakeGateway, LOCAL_PEER, REMOTE_PEER, TEST_TOKEN } from "./testing.ts";
import type { HttpAuthResult } from "./types.ts";

const WITH_TOKEN = { headers: { authorization: `Bearer ${TEST_TOKEN}` } };

Deno.test("answerLive() says live to everyone", async () => {
  const gateway = new FakeGateway();
  for (const path of ["/health", "/healthz", "/healthz?verbose=1"]) {
    const response = await gateway.send(path);
    assertEquals([response.status, await response.text()], [200, '{"ok":true,"status":"live"}']);
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
  }
  assertEquals(gateway.authorizations, 0);
});

Deno.test("answerReady() tells strangers only yes or no", async () => {
  const gateway = new FakeGateway(undefined, {
    readiness: () => ({ ready: false, failing: ["telegram"], uptimeMs: 5 }),
  });
  const response = await gateway.send("/readyz");
  assertEquals([response.status, await response.json()], [503, { ready: false }]);
  assertEquals(gateway.authorizations, 0);
});

Deno.test("answerReady() gives details on this machine and to a valid credential", async () => {
  const gateway = new FakeGateway();
  const local = await gateway.send("/ready", {}, LOCAL_PEER);
  const remote = await gateway.send("/ready", WITH_TOKEN, REMOTE_PEER);
  assertEquals(await local.json(), { ready: true, failing: [], uptimeMs: 12 });
  assertEquals(await remote.json(), { ready: true, failing: [], uptimeMs: 12 });
  const wrong = await gateway.send("/ready", { headers: { authorization: "Bearer wrong" } });
  assertEquals(await wrong.json(), { ready: true });
});

Deno.test("answerReady() gives no details where no credential is checked", async () => {
  const open: HttpAuthResult = {
    ok: true,
    scopes: [],
    isOwner: true,
    subject: "none",
    isAnonymous: true,
  };
  const gateway = new FakeGateway(undefined, { authorize: () => open });
  assertEquals(await (await gateway.send("/ready", WITH_TOKEN)).json(), { ready: true });
});

Deno.test("answerReady() is not ready when the check itself fails", async () => {
  const gateway = new FakeGateway(undefined, {
    readiness: () => {
      throw new Error("checker broke");
    },
  });
  const response = await gateway.send("/readyz", {}, LOCAL_PEER);
  assertEquals(response.status, 503);
  assertEquals((await response.json()).failing, ["internal"]);
  assertEquals(gateway.errors.length, 1);
});
