import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("agents.create adds an agent beside main, with a workspace and an identity", async () => {
  await withGateway(async ({ gateway, result }) => {
    const workspace = `${gateway.stateDir}/ws-research`;
    const created = await result("agents.create", {
      name: "Deep Research",
      workspace,
      model: "demo/echo",
      emoji: "🔎",
    });
    assertEquals(created, {
      ok: true,
      agentId: "deep-research",
      name: "Deep Research",
      workspace,
      model: "demo/echo",
    });
    const { defaultId, agents } = await result("agents.list");
    assertEquals([defaultId, agents.map(({ id }: Frame) => id)], ["main", [
      "main",
      "deep-research",
    ]]);
    assertEquals(agents[1].model.primary, "demo/echo");
    const identity = await Deno.readTextFile(`${workspace}/IDENTITY.md`);
    assertStringIncludes(identity, "- Name: Deep Research");
    assertStringIncludes(identity, "- Emoji: 🔎");
    assertEquals(
      await result("agent.identity.get", { agentId: "deep-research" }),
      {
        agentId: "deep-research",
        name: "Deep Research",
        avatar: "D",
        avatarStatus: "none",
        avatarReason: "missing",
        emoji: "🔎",
      },
    );
    // New runs see it at once.
    const run = await result("agent.wait", {
      runId: (await result("chat.send", {
        sessionKey: "agent:deep-research:main",
        message: "hi",
        idempotencyKey: "k1",
      })).runId,
    });
    assertEquals(run.status, "ok");
  });
});

Deno.test("agents.create and agents.delete refuse main, doubles and relative folders", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    const workspace = `${gateway.stateDir}/a`;
    await result("agents.create", { name: "a", workspace });
    const cases: [method: string, params: Frame, message: RegExp][] = [
      ["agents.create", { name: "Main", workspace }, /^"main" is reserved$/],
      ["agents.create", { name: "A", workspace }, /^agent "a" already exists$/],
      ["agents.create", { name: "b", workspace: "here" }, /it is a relative path$/],
      ["agents.delete", { agentId: "main" }, /^"main" cannot be deleted$/],
      ["agents.delete", { agentId: "zz" }, /^unknown agent id "zz"$/],
      ["agents.update", { agentId: "zz", name: "x" }, /^unknown agent id "zz"$/],
      ["agents.files.list", { agentId: "zz" }, /^unknown agent id "zz"$/],
    ];
    for (const [method, params, message] of cases) {
      const { error } = await socket.call(method, params);
      assertEquals(error.code, "INVALID_REQUEST");
      assertMatch(error.message, message);
      assert(error.details.hint, method);
    }
  });
});

Deno.test("agents.update changes what is named and keeps the rest", async () => {
  await withGateway(async ({ gateway, result }) => {
    const update = { agentId: "work", name: "Office", model: "demo/echo", emoji: "📎" };
    assertEquals(await result("agents.update", update), { ok: true, agentId: "work" });
    const file = JSON.parse(await Deno.readTextFile(`${gateway.stateDir}/openclaw.json`));
    assertEquals(file.agents.list[1], {
      id: "work",
      workspace: file.agents.list[1].workspace,
      skills: ["one"],
      name: "Office",
      model: { primary: "demo/echo", fallbacks: ["x/y"] },
      identity: { theme: "dry", emoji: "📎" },
    });
    assertEquals(await result("agents.update", { agentId: "main", name: "Chief" }), {
      ok: true,
      agentId: "main",
    });
    assertEquals((await result("agents.list")).agents[0].name, "Chief");
  }, {
    agents: {
      list: [{ id: "main" }, {
        id: "work",
        workspace: "~/work",
        skills: ["one"],
        model: { primary: "demo/echo", fallbacks: ["x/y"] },
        identity: { theme: "dry" },
      }],
    },
  });
});

Deno.test("agents.delete removes bindings and sets folders aside, unless others use them", async () => {
  const shared = await Deno.makeTempDir({ prefix: "openclaw-shared-" });
  try {
    await withGateway(async ({ gateway, result }) => {
      const { stateDir } = gateway;
      const workspace = `${stateDir}/gone`;
      await result("agents.create", { name: "gone", workspace });
      await Deno.mkdir(`${stateDir}/agents/gone/agent`, { recursive: true });
      const key = "agent:gone:main";
      const { runId } = await result("chat.send", {
        sessionKey: key,
        message: "hi",
        idempotencyKey: "k1",
      });
      await result("agent.wait", { runId });
      await result("agents.files.set", { agentId: "gone", name: "USER.md", content: "mine" });

      assertEquals(await result("agents.delete", { agentId: "gone" }), {
        ok: true,
        agentId: "gone",
        removedBindings: 0,
      });
      assertEquals([await exists(workspace), await exists(`${stateDir}/agents/gone`)], [
        false,
        false,
      ]);
      const [kept] = [...Deno.readDirSync(`${stateDir}/trash`)];
      assertEquals(
        await Deno.readTextFile(`${stateDir}/trash/${kept!.name}/workspace/USER.md`),
        "mine",
      );
      assertEquals((await result("sessions.list")).sessions, []);

      assertEquals((await result("agents.delete", { agentId: "twin" })).removedBindings, 1);
      assertEquals(await exists(shared), true);
    }, {
      agents: {
        list: [
          { id: "main" },
          { id: "left", workspace: shared },
          { id: "twin", workspace: `${shared}/` },
        ],
      },
      bindings: [
        { agentId: "twin", match: { channel: "irc" } },
        { agentId: "left", match: { channel: "irc" } },
      ],
    });
  } finally {
    await Deno.remove(shared, { recursive: true });
  }
});

Deno.test("agents.files read and write the files of a workspace, and no others", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    const workspace = `${gateway.stateDir}/ws`;
    await result("agents.create", { name: "w", workspace });
    const list = await result("agents.files.list", { agentId: "w" });
    assertEquals(list.files.map(({ name, missing }: Frame) => [name, missing]), [
      ["AGENTS.md", false],
      ["SOUL.md", false],
      ["TOOLS.md", false],
      ["IDENTITY.md", false],
      ["USER.md", false],
      ["HEARTBEAT.md", true],
      ["MEMORY.md", true],
    ]);
    const none = await result("agents.files.get", { agentId: "w", name: "MEMORY.md" });
    assertEquals([none.file.missing, "content" in none.file], [true, false]);
    const set = await result("agents.files.set", {
      agentId: "w",
      name: "MEMORY.md",
      content: "é\n",
    });
    assertEquals([set.ok, set.file.size, set.file.content], [true, 3, "é\n"]);
    assertEquals(
      (await result("agents.files.get", { agentId: "w", name: "MEMORY.md" })).file.content,
      "é\n",
    );

    await Deno.writeTextFile(`${gateway.stateDir}/outside`, "secret");
    await Deno.symlink(`${gateway.stateDir}/outside`, `${workspace}/HEARTBEAT.md`);
    await Deno.remove(`${workspace}/SOUL.md`);
    await Deno.link(`${gateway.stateDir}/outside`, `${workspace}/SOUL.md`);
    const after = await result("agents.files.list", { agentId: "w" });
    const missing = after.files.filter((file: Frame) => file.missing);
    assertEquals(missing.map(({ name }: Frame) => name), ["SOUL.md", "HEARTBEAT.md"]);
    const refusals: [method: string, params: Frame, message: string][] = [
      ["agents.files.get", { name: "HEARTBEAT.md" }, 'unsafe workspace file "HEARTBEAT.md"'],
      [
        "agents.files.set",
        { name: "SOUL.md", content: "x" },
        'unsafe workspace file "SOUL.md"',
      ],
      ["agents.files.get", { name: "../outside" }, 'unsupported file "../outside"'],
      ["agents.files.set", { name: "x.md", content: "" }, 'unsupported file "x.md"'],
    ];
    for (const [method, params, message] of refusals) {
      const { error } = await socket.call(method, { agentId: "w", ...params });
      assertEquals([error.code, error.message], ["INVALID_REQUEST", message]);
    }
    assertEquals(await Deno.readTextFile(`${gateway.stateDir}/outside`), "secret");
    const large = await socket.call("agents.files.set", {
      agentId: "w",
      name: "USER.md",
      content: "x".repeat(2 * 1024 * 1024 + 1),
    });
    assertMatch(large.error.message, /the limit is 2/);
  });
});

Deno.test("agent.identity.get shows pictures of the workspace only", async () => {
  await withGateway(async ({ gateway, result }) => {
    const workspace = `${gateway.stateDir}/ws`;
    await result("agents.create", { name: "w", workspace, avatar: "me.png" });
    const get = () => result("agent.identity.get", { sessionKey: "agent:w:main" });
    assertEquals((await get()).avatarReason, "missing");
    await Deno.writeFile(`${workspace}/me.png`, new Uint8Array([1, 2, 3]));
    const local = await get();
    assertEquals([local.avatarStatus, local.avatar], ["local", "data:image/png;base64,AQID"]);
    await result("agents.update", { agentId: "w", avatar: "../openclaw.json" });
    assertEquals((await get()).avatarReason, "unsupported_type");
    await Deno.writeFile(`${gateway.stateDir}/x.png`, new Uint8Array([1]));
    await result("agents.update", { agentId: "w", avatar: "../x.png" });
    assertEquals((await get()).avatarReason, "outside_workspace");
    await result("agents.update", { agentId: "w", avatar: "https://example.org/a.png" });
    assertEquals((await get()).avatarStatus, "remote");
    await result("agents.update", { agentId: "w", avatar: "" });
    const { avatar, avatarStatus, avatarReason } = await get();
    assertEquals([avatar, avatarStatus, avatarReason], ["W", "none", "missing"]);
  });
});

Deno.test("agents.create from two clients at once keeps both", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    await using second = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const answers = await Promise.all(
      ["a", "b", "c", "d"].map((name, index) =>
        (index % 2 ? socket : second).call("agents.create", {
          name,
          workspace: `${gateway.stateDir}/ws-${name}`,
        })
      ),
    );
    assertEquals(answers.map(({ ok }) => ok), [true, true, true, true]);
    const ids = (await result("agents.list")).agents.map(({ id }: Frame) => id);
    assertEquals(ids.sort(), ["a", "b", "c", "d", "main"]);
  });
});
