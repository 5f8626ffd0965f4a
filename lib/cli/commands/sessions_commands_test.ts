import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { systemClock } from "../../platform/mod.ts";
import { SessionStore } from "../../sessions/mod.ts";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome, type HomeOptions, type TestHome } from "../testing/run_test.ts";

/** A home with sessions of two agents; `main` has said something. */
async function homeWithSessions(options: HomeOptions = {}): Promise<TestHome> {
  const home = await createHome(options);
  const store = await SessionStore.open({
    stateDir: join(home.dir, ".openclaw"),
    clock: systemClock,
  });
  const add = (key: string, agentId: string) => store.resetSession(key, "new", { agentId });
  await add("agent:main:old", "main");
  await add("agent:main:main", "main");
  await add("agent:helper:main", "helper");
  const content = [{ type: "text" as const, text: "hello" }];
  await store.appendMessage("agent:main:main", { role: "user", content, timestamp: 1 });
  await store.patchSession("agent:main:main", { label: "Home\u001b[31m" });
  store.close();
  return home;
}

const CONFIG = JSON.stringify({
  gateway: { mode: "local", port: 1 },
  agents: { list: [{ id: "main" }, { id: "helper" }] },
  session: { maintenance: { mode: "warn", maxEntries: 1 } },
});

Deno.test("sessions list shows the default agent's sessions without a gateway", async () => {
  await using home = await homeWithSessions();
  for (const words of [["sessions"], ["sessions", "list"]]) {
    const { code, out, err } = await home.run(...words);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, "Session store: ~/.openclaw/openclaw.sqlite\nSessions listed: 2\n");
    assertStringIncludes(out, "agent:main:main");
    assertStringIncludes(out, "Home[31m");
  }
  const listed = JSON.parse((await home.run("sessions", "--limit", "1", "--json")).out);
  assertEquals([listed.count, listed.totalCount, listed.hasMore], [1, 2, true]);
  assertEquals(listed.sessions[0].key, "agent:main:main");
  const wrong = await home.run("sessions", "list", "--limit", "x");
  assertEquals(wrong.code, 64);
  const unknown = await home.run("sessions", "list", "--agent", "zz");
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.err, 'unknown agent id "zz"');
});

Deno.test("sessions list without a store lists nothing and makes none", async () => {
  await using home = await createHome();
  const { code, out } = await home.run("sessions");
  assertEquals(code, 0);
  assertStringIncludes(out, "Sessions listed: 0\nNext: openclaw agent --message");
  const names = [...Deno.readDirSync(join(home.dir, ".openclaw"))].map(({ name }) => name);
  assertEquals(names, ["openclaw.json"]);
});

Deno.test("sessions cleanup works alone, and only when it is told to", async () => {
  await using home = await homeWithSessions({ config: CONFIG });
  const dry = await home.run("sessions", "cleanup", "--all-agents", "--dry-run");
  assertStringIncludes(dry.out, "Agent main: 2 sessions, would keep 1");
  assertStringIncludes(dry.out, "Agent helper: 1 sessions, would keep 1");
  const warned = await home.run("sessions", "cleanup");
  assertStringIncludes(warned.out, "Do it: openclaw sessions cleanup --enforce");
  const done = await home.run("sessions", "cleanup", "--enforce", "--json");
  const { applied, capped, afterCount } = JSON.parse(done.out);
  assertEquals([applied, capped, afterCount], [true, 1, 1]);
  const { sessions } = JSON.parse((await home.run("sessions", "--json")).out);
  assertEquals(sessions.map(({ key }: { key: string }) => key), ["agent:main:main"]);
});

Deno.test("sessions cleanup leaves it to the gateway when one runs", async () => {
  const summary = { agentId: "main", beforeCount: 9, afterCount: 7, pruned: 2, capped: 0 };
  const more = { dmScopeRetired: 0, applied: true, unreferencedArtifacts: { removedFiles: 1 } };
  await using gateway = startFakeGateway({
    methods: { "sessions.cleanup": () => ({ ...summary, ...more }) },
  });
  await using home = await homeWithSessions({ port: gateway.port });
  const { code, out } = await home.run("sessions", "cleanup", "--active-key", "x");
  assertEquals(code, 0);
  assertStringIncludes(out, "Agent main: 9 sessions, kept 7");
  assertStringIncludes(out, "old transcripts without a session: 1");
  assertEquals(gateway.calls[0]?.params, { agent: "main", activeKey: "x" });
});

Deno.test("sessions export writes JSON lines to the terminal or a private new file", async () => {
  await using home = await homeWithSessions();
  const { code, out } = await home.run("sessions", "export", "main");
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals([code, lines.length, lines[0].type], [0, 2, "session"]);
  assertEquals(lines[1].message.content, [{ type: "text", text: "hello" }]);
  const path = join(home.dir, "main.jsonl");
  const written = await home.run("sessions", "export", "main", "--out", path);
  assertEquals([written.code, written.out], [0, ""]);
  assertEquals(await Deno.readTextFile(path), out);
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  const again = await home.run("sessions", "export", "main", "--out", path);
  assert(again.code !== 0);
  const missing = await home.run("sessions", "export", "none");
  assertStringIncludes(missing.err, 'Cannot find session "agent:main:none"');
});

Deno.test("sessions export --all writes what migrate reads back", async () => {
  await using home = await homeWithSessions();
  const store = await SessionStore.open({
    stateDir: join(home.dir, ".openclaw"),
    clock: systemClock,
  });
  const content = [{ type: "text" as const, text: "again" }];
  await store.resetSession("agent:main:main", "reset");
  await store.appendMessage("agent:main:main", { role: "user", content, timestamp: 2 });
  await store.patchSession("agent:main:old", { extra: { modelOverride: "fake/m" } });
  store.close();
  const folder = join(home.dir, "backup");
  const { code, err } = await home.run("sessions", "export", "--all", "--out", folder);
  assertEquals([code, err], [0, `Wrote 4 conversations to ${folder}\n`]);
  assertEquals((await home.run("sessions", "export", "--all", "--out", folder)).code, 64);
  assertEquals((await home.run("sessions", "export", "main", "--all", "--out", "x")).code, 64);
  assertEquals((await home.run("sessions", "export")).code, 64);

  await using other = await createHome();
  assertEquals((await other.run("migrate", "--from", folder, "--yes")).code, 0);
  for (const key of ["agent:main:main", "agent:main:old"]) {
    const [there, here] = [
      await home.run("sessions", "export", key),
      await other.run(
        "sessions",
        "export",
        key,
      ),
    ].map(({ out }) => out.replace(/"cwd":"[^"]*"/, ""));
    assertEquals(here, there);
  }
  const facts = async (one: TestHome) => {
    const { sessions } = JSON.parse((await one.run("sessions", "--all-agents", "--json")).out);
    return sessions.map(({ key, label }: { key: string; label?: string }) => [key, label]).sort();
  };
  assertEquals(await facts(other), await facts(home));
});
