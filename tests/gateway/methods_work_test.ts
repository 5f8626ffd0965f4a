import { assert, assertEquals, assertMatch } from "@std/assert";
import { TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { type Call, withGateway } from "./methods_harness.ts";

/** Says something and waits for the answer. */
async function say(result: Call, message: string, runId: string, more: Frame = {}): Promise<void> {
  await result("chat.send", { sessionKey: "main", message, idempotencyKey: runId, ...more });
  assertEquals((await result("agent.wait", { runId })).status, "ok");
}

Deno.test("usage.cost and sessions.usage add up what was said", async () => {
  await withGateway(async ({ result, socket }) => {
    await say(result, "one", "r1");
    await say(result, "two", "r2", { sessionKey: "other" });
    const cost = await result("usage.cost", { days: 7 });
    assertEquals([cost.days, cost.daily.length], [7, 1]);
    assert(cost.totals.totalTokens > 0);
    assertEquals(cost.daily[0].totalTokens, cost.totals.totalTokens);

    const usage = await result("sessions.usage", { range: "7d" });
    assertEquals(
      usage.sessions.map(({ key }: Frame) => key).sort(),
      ["agent:main:main", "agent:main:other"],
    );
    const counts = { total: 4, user: 2, assistant: 2, toolCalls: 0, toolResults: 0, errors: 0 };
    assertEquals(usage.aggregates.messages, counts);
    assertEquals(usage.totals.totalTokens, cost.totals.totalTokens);
    assertEquals(usage.aggregates.byModel[0].model, "echo");
    assertEquals(usage.aggregates.byAgent[0].agentId, "main");
    assertEquals(usage.aggregates.daily[0].messages, 4);
    const one = await result("sessions.usage", { key: "other" });
    assertEquals(one.sessions.length, 1);
    assertEquals(one.sessions[0].usage.messageCounts.user, 1);

    const series = await result("sessions.usage.timeseries", { key: "main" });
    assertEquals(series.points.length, 1);
    assertEquals(series.points[0].cumulativeTokens, series.points[0].totalTokens);
    const { logs } = await result("sessions.usage.logs", { key: "main", limit: 2 });
    assertEquals(logs.map(({ role, content }: Frame) => [role, content])[0], ["user", "one"]);
    assertEquals(logs[1].tokens, series.points[0].totalTokens);

    const old = await result("usage.cost", { startDate: "2020-01-01", endDate: "2020-01-31" });
    assertEquals([old.days, old.daily], [31, []]);
    const strict = await socket.call("sessions.usage", { mode: "utc", x: 1 });
    assertMatch(strict.error.message, /unexpected property 'x'/);
    assertEquals((await result("sessions.usage.logs", { key: "nobody" })).logs, []);
    const unknown = await socket.call("sessions.usage.timeseries", { key: "nobody" });
    assertEquals(unknown.error.message, "No transcript found for session: nobody");
    assertEquals((await result("usage.status")).providers, []);
  });
});

Deno.test("tasks.* show runs and end those under way", async () => {
  await withGateway(async ({ result, socket }) => {
    await say(result, "one", "r1");
    await say(result, "two", "r2", { sessionKey: "other" });
    const all = await result("tasks.list");
    assertEquals(all.tasks.map(({ taskId, status }: Frame) => [taskId, status]), [
      ["r2", "completed"],
      ["r1", "completed"],
    ]);
    const first = await result("tasks.list", { limit: 1 });
    assertEquals(first.tasks[0].taskId, "r2");
    const second = await result("tasks.list", { limit: 1, cursor: first.nextCursor });
    assertEquals([second.tasks[0].taskId, second.nextCursor], ["r1", undefined]);
    assertEquals((await result("tasks.list", { sessionKey: "other" })).tasks.length, 1);
    assertEquals((await result("tasks.list", { agentId: "zz" })).tasks, []);
    assertEquals((await result("tasks.list", { status: "failed" })).tasks, []);
    assertEquals((await result("tasks.get", { taskId: "r1" })).task.sessionKey, "agent:main:main");
    assertEquals((await result("tasks.cancel", { taskId: "r1" })).cancelled, false);
    assertEquals((await result("tasks.cancel", { taskId: "zz" })).found, false);
    const unknown = await socket.call("tasks.get", { taskId: "zz" });
    assertEquals(unknown.error.message, "task not found: zz");
  });
});

Deno.test("tasks.cancel ends a run under way, and restart.preflight counts it", async () => {
  // A provider that accepts the call and never answers.
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } }),
  );
  try {
    await withGateway(async ({ result }) => {
      assertEquals((await result("gateway.restart.preflight")).safe, true);
      await result("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "r1" });
      const before = await result("gateway.restart.preflight");
      assertEquals([before.safe, before.counts.totalActive], [false, 1]);
      assertEquals(before.blockers[0].message, "1 run is under way");
      const { task, ...rest } = await result("tasks.cancel", { taskId: "r1" });
      assertEquals(rest, { found: true, cancelled: true });
      assertEquals([task.status, task.endedAt > 0], ["cancelled", true]);
      const { events } = await result("diagnostics.stability", { type: "run.aborted" });
      assertEquals(events.map(({ agentId }: Frame) => agentId), ["main"]);
    }, {
      models: {
        providers: {
          slow: {
            baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
            apiKey: "k",
            models: [{ id: "m", name: "M" }],
          },
        },
      },
      agents: { defaults: { model: "slow/m" } },
    });
  } finally {
    await server.shutdown();
  }
});

Deno.test("artifacts.* find the pictures of a conversation", async () => {
  await withGateway(async ({ result, socket }) => {
    const attachments = [{ mimeType: "image/png", content: "AQIDBA==" }];
    await say(result, "look", "r1", { attachments });
    const { artifacts } = await result("artifacts.list", { sessionKey: "main" });
    assertEquals(artifacts.length, 1);
    const [{ artifactId, mimeType, messageSeq, sizeBytes }] = artifacts;
    assertEquals([mimeType, messageSeq, sizeBytes > 0], ["image/png", 1, true]);
    assertEquals((await result("artifacts.list", { runId: "r1" })).artifacts[0].runId, "r1");
    assertEquals((await result("artifacts.list", { runId: "zz" })).artifacts, []);
    const one = await result("artifacts.get", { sessionKey: "main", artifactId });
    assertEquals(one.artifact.artifactId, artifactId);
    const full = await result("artifacts.download", { taskId: "r1", artifactId });
    assertEquals([full.encoding, full.data], ["base64", "AQIDBA=="]);
    const missing = await socket.call("artifacts.get", { sessionKey: "main", artifactId: "x" });
    assertEquals(missing.error.message, "artifact not found");
    const { error } = await socket.call("artifacts.list", {});
    assertEquals(error.details.type, "artifact_query_unsupported");
  });
});

Deno.test("environments, commands and tools say what there is", async () => {
  await withGateway(async ({ result, socket }) => {
    const { environments } = await result("environments.list");
    assertEquals(environments.map(({ id, status }: Frame) => [id, status]), [
      ["gateway", "available"],
    ]);
    assertEquals(
      (await result("environments.status", { environmentId: "gateway" })).type,
      "local",
    );
    const unknown = await socket.call("environments.status", { environmentId: "node:x" });
    assertEquals(unknown.error.message, "unknown environmentId");

    const { commands } = await result("commands.list", { includeArgs: true, scope: "text" });
    const model = commands.find(({ name }: Frame) => name === "model");
    assertEquals([model.textAliases, model.acceptsArgs, model.args.length], [["/model"], true, 1]);
    assertEquals((await result("commands.list", { scope: "native" })).commands, []);

    const catalog = await result("tools.catalog");
    assertEquals([catalog.agentId, catalog.groups.length], ["main", 4]);
    assertEquals(catalog.profiles.length, 4);
    const effective = await result("tools.effective", { sessionKey: "main" });
    assertEquals([effective.agentId, effective.profile], ["main", "full"]);
    assertEquals(await result("tools.invoke", { name: "nope" }), {
      ok: false,
      toolName: "nope",
      error: { code: "not_found", message: "Tool not available: nope" },
    });
  });
});

Deno.test("skills.status finds the skills of a workspace and what they lack", async () => {
  await withGateway(async ({ gateway, result }) => {
    const skills = `${gateway.stateDir}/ws/skills`;
    const write = async (folder: string, text: string) => {
      await Deno.mkdir(`${skills}/${folder}`, { recursive: true });
      await Deno.writeTextFile(`${skills}/${folder}/SKILL.md`, text);
    };
    await write("plain", "---\nname: plain\ndescription: Does it\n---\nText");
    await write(
      "group/needs",
      [
        "---",
        "name: needs",
        'description: "Wants: more"',
        "metadata:",
        '  { "openclaw": { "emoji": "🧪", "requires": { "bins": ["no-such-program-x"], "env": ["NO_KEY"] } } }',
        "---",
      ].join("\n"),
    );
    await write("off", "---\nname: off\ndescription: Off\n---\n");
    const status = await result("skills.status", {});
    assertEquals(status.workspaceDir, `${gateway.stateDir}/ws`);
    assertEquals(
      status.skills.map(({ name, eligible, disabled }: Frame) => [name, eligible, disabled]),
      [["needs", false, false], ["off", false, true], ["plain", true, false]],
    );
    const [needs] = status.skills;
    assertEquals([needs.emoji, needs.description], ["🧪", "Wants: more"]);
    assertEquals([needs.missing.bins, needs.missing.env], [["no-such-program-x"], ["NO_KEY"]]);
    assertEquals([needs.source, needs.bundled], ["openclaw-workspace", false]);
  }, {
    agents: { defaults: { workspace: "~/ws" } },
    skills: { entries: { off: { enabled: false } } },
  });
});

Deno.test("models.authStatus names providers and no key", async () => {
  await withGateway(async ({ result }) => {
    const status = await result("models.authStatus");
    assertEquals(
      status.providers.map(({ provider, status }: Frame) => [provider, status]),
      [["openai", "static"], ["groq", "missing"]],
    );
    assertEquals(JSON.stringify(status).includes("planted"), false);
  }, {
    models: {
      providers: {
        openai: { baseUrl: "https://api.openai.com/v1", apiKey: "planted-key", models: [] },
        groq: { baseUrl: "https://api.groq.com/openai/v1", models: [] },
      },
    },
  });
});

Deno.test("skills.bins and the new families keep to the scope table", async () => {
  await withGateway(async ({ gateway }) => {
    await using reader = await TestSocket.connect(gateway.wsUrl, TOKEN, {
      scopes: ["operator.read"],
    });
    const cases: [method: string, params: Frame, message: string][] = [
      ["skills.bins", {}, "unauthorized role: operator"],
      ["agents.create", { name: "x", workspace: "/x" }, "missing scope: operator.admin"],
      ["config.patch", { raw: "{}" }, "missing scope: operator.admin"],
      ["config.set", { raw: "{}" }, "missing scope: operator.admin"],
      ["agents.files.set", {}, "missing scope: operator.admin"],
      ["tasks.cancel", { taskId: "x" }, "missing scope: operator.write"],
      ["wake", { mode: "now", text: "x" }, "missing scope: operator.write"],
      ["system-event", { text: "x" }, "missing scope: operator.admin"],
      ["voicewake.set", { triggers: [] }, "missing scope: operator.write"],
      ["tools.invoke", { name: "x" }, "missing scope: operator.write"],
    ];
    for (const [method, params, message] of cases) {
      assertEquals((await reader.call(method, params)).error.message, message);
    }
    assert((await reader.call("usage.cost")).ok);
  });
});
