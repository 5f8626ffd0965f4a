import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeProvider } from "../harness/provider.ts";
import type { Frame } from "../harness/socket.ts";
import { type MethodsContext, withGateway } from "./methods_harness.ts";

/** Runs `test` with a heartbeat of the given settings, and a workspace with the given file. */
async function withHeartbeat(
  heartbeat: Frame,
  file: string | undefined,
  test: (context: MethodsContext, provider: FakeProvider) => Promise<void>,
): Promise<void> {
  await using provider = new FakeProvider();
  const workspace = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  if (file !== undefined) await Deno.writeTextFile(`${workspace}/HEARTBEAT.md`, file);
  const { agents, models } = provider.config as Frame;
  const config = { models, agents: { defaults: { ...agents.defaults, workspace, heartbeat } } };
  await withGateway((context) => test(context, provider), config);
  await Deno.remove(workspace, { recursive: true });
}

Deno.test("a configured heartbeat beats, with its file in the prompt, and tells what came of it", async () => {
  const file = "Look after the plants.";
  await withHeartbeat({ every: "100ms" }, file, async ({ socket, result }, provider) => {
    // On a slow machine the next beat comes before the end of the first, and is skipped.
    const { payload } = await socket.event("heartbeat", ({ preview }) => preview !== undefined);
    assertEquals([payload.status, payload.reason], ["skipped", "target-none"]);
    assertStringIncludes(payload.preview, "echo: This is a heartbeat");
    assertEquals(
      (await result("last-heartbeat")).status,
      payload.status,
    );
    const [system, message] = provider.calls[0]!.body.messages;
    assertStringIncludes(JSON.stringify(system), file);
    assertStringIncludes(JSON.stringify(message), "Current time: ");
    const { agents, heartbeatSeconds } = await result("health", { probe: true });
    assertEquals([agents[0].heartbeat.enabled, agents[0].heartbeat.every], [true, "100ms"]);
    assertEquals(heartbeatSeconds, 0);
  });
});

Deno.test("a heartbeat with nothing to do costs no call", async () => {
  await withHeartbeat(
    { every: "50ms" },
    "# Heartbeat\n\n",
    async ({ socket, result }, provider) => {
      const { payload } = await socket.event("heartbeat");
      assertEquals([payload.status, payload.reason], ["skipped", "empty-heartbeat-file"]);
      assertEquals(provider.calls.length, 0);
      await result("set-heartbeats", { enabled: false });
      const seen = socket.events("heartbeat").length;
      await result("wake", { mode: "now", text: "the kettle" });
      await socket.event("chat", ({ state }) => state === "final");
      assert(socket.events("heartbeat").length <= seen + 2);
      assertEquals(provider.calls.length, 1);
    },
  );
});

Deno.test("due tasks are named in the message, and not again before their interval", async () => {
  const file = "tasks:\n  - name: mail\n    interval: 1h\n    prompt: Look at the mail\n";
  await withHeartbeat({ every: "50ms" }, file, async ({ socket }, provider) => {
    const { payload } = await socket.event("heartbeat", ({ reason }) => reason === "target-none");
    assertStringIncludes(payload.preview, "echo");
    await socket.event("heartbeat", ({ reason }) => reason === "no-tasks-due");
    assertEquals(provider.calls.length, 1);
    const said = JSON.stringify(provider.calls[0]!.body.messages.at(-1));
    assertStringIncludes(said, "Look at the mail");
  });
});

Deno.test("an answer that is only the token is nothing to tell", async () => {
  const says = (content: string) =>
    new Response(
      [
        { id: "c", choices: [{ index: 0, delta: { content } }] },
        { id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      ].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + "data: [DONE]\n\n",
      { headers: { "content-type": "text/event-stream" } },
    );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.body?.cancel();
    return says("HEARTBEAT_OK");
  });
  await using provider = new FakeProvider();
  const { agents, models } = provider.config as Frame;
  models.providers.fake.baseUrl = `http://127.0.0.1:${server.addr.port}/v1`;
  const defaults = { ...agents.defaults, heartbeat: { every: "50ms" } };
  await withGateway(async ({ socket }) => {
    const { payload } = await socket.event("heartbeat", ({ status }) => status !== "skipped");
    assertEquals([payload.status, payload.indicatorType, payload.preview], [
      "ok-token",
      "ok",
      undefined,
    ]);
  }, { models, agents: { defaults } });
  await server.shutdown();
});

Deno.test("an event left to a heartbeat is told by it, and at once where none comes", async () => {
  const job = {
    name: "kettle",
    schedule: { kind: "every", everyMs: 3_600_000 },
    payload: { kind: "systemEvent", text: "the kettle is on" },
    wakeMode: "next-heartbeat",
  };
  await withHeartbeat({ every: "300ms" }, "", async ({ socket, result }, provider) => {
    const { id } = await result("cron.add", job);
    await result("cron.run", { id });
    await socket.event("heartbeat", ({ preview }) => preview !== undefined);
    const said = JSON.stringify(provider.calls[0]!.body.messages.at(-1));
    assertStringIncludes(said, "the kettle is on");
    assertStringIncludes(said, "This is a heartbeat");
  });
  await withHeartbeat(
    { every: "1h", isolatedSession: true },
    "",
    async ({ socket, result }, provider) => {
      const { id } = await result("cron.add", job);
      await result("cron.run", { id });
      const { payload } = await socket.event("chat", ({ state }) => state === "final");
      assertEquals(payload.sessionKey, "agent:main:main");
      assertStringIncludes(JSON.stringify(provider.calls[0]!.body.messages), "the kettle is on");
    },
  );
});

Deno.test("an isolated heartbeat knows nothing of the one before", async () => {
  const heartbeat = { every: "50ms", isolatedSession: true };
  await withHeartbeat(heartbeat, "Look around.", async ({ socket }, provider) => {
    for (let beat = 0; beat < 2; beat++) {
      await socket.event("heartbeat", ({ preview }) => preview !== undefined);
    }
    const roles = provider.calls[1]!.body.messages.map(({ role }) => role);
    assertEquals(roles, ["system", "user"]);
  });
});

Deno.test("a heartbeat that cannot run is told with its reason", async () => {
  await withHeartbeat({ every: "50ms", model: "fake/none" }, undefined, async ({ socket }) => {
    const { payload } = await socket.event("heartbeat");
    assertEquals([payload.status, payload.indicatorType], ["failed", "error"]);
    assertStringIncludes(payload.reason, "fake/none");
  });
});

Deno.test("a busy session and quiet hours are left alone", async () => {
  const hours = new Date(Date.now() + 6 * 3_600_000).toISOString().slice(11, 13);
  const later = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(11, 13);
  const activeHours = { start: `${hours}:00`, end: `${later}:00`, timezone: "UTC" };
  await withHeartbeat({ every: "50ms", activeHours }, undefined, async ({ socket }, provider) => {
    const { payload } = await socket.event("heartbeat");
    assertEquals([payload.status, payload.reason], ["skipped", "quiet-hours"]);
    assertEquals(provider.calls.length, 0);
  });
  await withHeartbeat({ every: "300ms" }, undefined, async ({ socket, result }) => {
    await result("chat.send", { sessionKey: "main", message: "wait", idempotencyKey: "k1" });
    const { payload } = await socket.event(
      "heartbeat",
      ({ reason }) => reason === "requests-in-flight",
    );
    assertEquals(payload.status, "skipped");
    await result("chat.abort", { sessionKey: "main" });
  });
});
