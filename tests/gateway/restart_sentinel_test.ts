import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { waitUntil } from "../../scripts/harness/gateway.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { TestSocket } from "../harness/socket.ts";

const NOTE = {
  version: 1,
  payload: {
    kind: "config-patch",
    status: "ok",
    ts: 1,
    sessionKey: "main",
    message: "now on port 19000",
    stats: {},
  },
};

/** Starts a gateway on a state folder that holds a note. */
async function withNote(
  text: string,
  test: (gateway: TestGateway, provider: FakeProvider, path: string) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const path = `${stateDir}/restart-sentinel.json`;
  try {
    await Deno.writeTextFile(path, text);
    await using provider = new FakeProvider();
    await using gateway = await TestGateway.start({ stateDir, config: provider.config });
    await test(gateway, provider, path);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("a gateway tells the session that asked for the restart, once", async () => {
  await withNote(JSON.stringify(NOTE), async (gateway, provider, path) => {
    await waitUntil("the report", () => Promise.resolve(provider.calls.length > 0));
    const sent = JSON.stringify(provider.calls[0]!.body.messages.at(-1));
    assertStringIncludes(sent, "The gateway restarted after config-patch (ok). now on port 19000");
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const { payload } = await socket.call("sessions.list", {});
    assertEquals(payload.sessions[0].key, "agent:main:main");
    assertEquals(await Deno.stat(path).catch(() => "gone"), "gone");
  });
});

Deno.test("a gateway removes a note that it cannot read, and starts", async () => {
  await withNote("{nope", async (gateway, provider, path) => {
    assertEquals(await Deno.stat(path).catch(() => "gone"), "gone");
    assertEquals(provider.calls.length, 0);
    assertEquals(gateway.gateway.state.store.systemEvents(), []);
  });
});

Deno.test("a note without a session waits for the next turn of the main one", async () => {
  const { sessionKey: _sessionKey, ...payload } = NOTE.payload;
  await withNote(JSON.stringify({ ...NOTE, payload }), (gateway, provider) => {
    assertEquals(provider.calls.length, 0);
    const [event] = gateway.gateway.state.store.systemEvents();
    assert(event?.includes("now on port 19000"));
    return Promise.resolve();
  });
});
