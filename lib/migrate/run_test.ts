import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { AppError, envOf } from "../base/mod.ts";
import { ManualClock } from "../base/testing.ts";
import { resolvePaths } from "../config/mod.ts";
import { acquireGatewayLock } from "../platform/mod.ts";
import { SessionStore } from "../sessions/mod.ts";
import { migrate, type MigrationReport } from "./mod.ts";

const ID = "0f0f0f0f-0000-4000-8000-000000000000";
const DEVICE = "d".repeat(64);
const CONFIG = `// mine
{
  gateway: { mode: "local" },
  agents: { list: [{ id: "main" }, { id: "ops" }] },
  $include: "./more.json",
  soemthing: 1,
}
`;

interface World {
  /** Home of the earlier gateway, and of this one. */
  readonly from: string;
  readonly to: string;
  run(options?: Partial<{ dryRun: boolean; force: string[]; from: string }>): Promise<
    MigrationReport
  >;
  store(): Promise<SessionStore>;
}

async function withWorld(
  test: (world: World) => Promise<void>,
  files: Record<string, unknown> = earlierFiles(),
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "migrate-test-" });
  const [from, to] = [join(dir, "earlier"), join(dir, "here")];
  const env = envOf({ HOME: to, TMPDIR: dir });
  const clock = new ManualClock();
  try {
    await Deno.mkdir(to);
    await write(join(from, ".openclaw"), files);
    await test({
      from,
      to: join(to, ".openclaw"),
      run: (options = {}) =>
        migrate({ from, to: resolvePaths(env), env, clock, dryRun: false, force: [], ...options }),
      store: () => SessionStore.open({ stateDir: join(to, ".openclaw"), clock }),
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function earlierFiles(): Record<string, unknown> {
  const message = { role: "user", content: [{ type: "text", text: "hello" }], timestamp: 5 };
  return {
    "openclaw.json": CONFIG,
    "more.json": { ui: { seamColor: "#112233" } },
    ".env": "SOME_KEY=1\n",
    "identity/device.json": { version: 1, deviceId: DEVICE },
    "credentials/irc-pairing.json": { version: 1, requests: [] },
    "agents/main/agent/auth-profiles.json": { version: 1, profiles: {} },
    "agents/main/sessions/sessions.json": { main: { sessionId: ID, updatedAt: 5 } },
    [`agents/main/sessions/${ID}.jsonl`]: `${JSON.stringify({ type: "session", id: ID })}\n${
      JSON.stringify({ type: "message", id: "11111111", parentId: null, message })
    }\n`,
    "agents/main/sessions/x.trajectory.jsonl": "{}\n",
    "workspace/SOUL.md": "# me\n",
    "workspace/notes/a.md": "a\n",
    "workspace-ops/SOUL.md": "# ops\n",
    "logs/old.log": "x\n",
    "exec-approvals.json": { version: 1 },
    "cron/jobs.json": {
      version: 1,
      jobs: [{
        id: "11111111-2222-4333-8444-555555555555",
        name: "daily",
        enabled: true,
        createdAtMs: 5,
        schedule: { kind: "every", everyMs: 86_400_000 },
        sessionTarget: "isolated",
        wakeMode: "now",
        payload: { kind: "agentTurn", message: "check" },
      }],
    },
  };
}

async function write(dir: string, files: Record<string, unknown>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, ...name.split("/"));
    await Deno.mkdir(dirname(path), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await Deno.writeTextFile(path, text);
  }
}

/** Every file below a folder, with its content, mode and time of change. */
async function snapshot(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    const path = join(dir, name);
    if (isDirectory) Object.assign(found, await snapshot(path));
    else {
      const { mode, mtime } = await Deno.lstat(path);
      found[path] = `${mode} ${mtime?.getTime()} ${await Deno.readTextFile(path)}`;
    }
  }
  return found;
}

function shown({ items }: MigrationReport): string[] {
  return items.map(({ action, unit }) => `${action} ${unit}`);
}

Deno.test("migrate() takes everything over and leaves the source as it is", async () => {
  await withWorld(async ({ from, to, run, store }) => {
    const before = await snapshot(from);
    const plan = await run({ dryRun: true });
    await assertRejects(() => Deno.stat(to), Deno.errors.NotFound);
    const report = await run();
    assertEquals(shown(report), shown(plan));
    assertEquals(shown(report), [
      "import more.json",
      "import openclaw.json",
      "import .env",
      "import identity/device.json",
      "import exec-approvals.json",
      "import credentials/irc-pairing.json",
      "import agents/main/agent/auth-profiles.json",
      "import workspace of main",
      "import workspace of ops",
      "skip logs",
      "import cron jobs",
      `skip ${join(from, ".openclaw/agents/main/sessions/x.trajectory.jsonl")}`,
      "import agent:main:main",
    ]);
    assertEquals(report.warnings.length, 1);
    assertStringIncludes(report.warnings[0]!, "soemthing");
    assertEquals(await snapshot(from), before);
    assertEquals(await Deno.readTextFile(join(to, "openclaw.json")), CONFIG);
    assertEquals(await Deno.readTextFile(join(to, "workspace/notes/a.md")), "a\n");
    for (const name of ["openclaw.json", ".env", "credentials/irc-pairing.json"]) {
      assertEquals((await Deno.stat(join(to, name))).mode! & 0o777, 0o600, name);
    }
    using opened = disposable(await store());
    assertEquals(opened.store.history("agent:main:main", { limit: 5 }).length, 1);
    assertEquals(opened.store.findProblems(), []);
  });
});

Deno.test("migrate() changes nothing a second time", async () => {
  await withWorld(async ({ to, run }) => {
    await run();
    const before = await snapshot(to);
    delete before[join(to, "openclaw.sqlite")];
    const again = await run();
    assert(again.items.every(({ action }) => action === "same" || action === "skip"));
    const after = await snapshot(to);
    delete after[join(to, "openclaw.sqlite")];
    assertEquals(after, before);
  });
});

Deno.test("migrate() replaces nothing that differs, unless it is named, and keeps what it replaces", async () => {
  await withWorld(async ({ to, run }) => {
    const mine = '{ gateway: { mode: "local", port: 19000 } }\n';
    await write(to, { "openclaw.json": mine, ".env": "MINE=1\n", "workspace/SOUL.md": "mine\n" });
    const report = await run();
    assertEquals(
      report.items.filter(({ action }) => action === "conflict").map(({ unit }) => unit),
      [
        "openclaw.json",
        ".env",
        "workspace of main: SOUL.md",
      ],
    );
    assertEquals(await Deno.readTextFile(join(to, "openclaw.json")), mine);
    const forced = await run({ force: ["openclaw.json", ".env"] });
    assertEquals(shown(forced).filter((line) => line.startsWith("update")), [
      "update openclaw.json",
      "update .env",
    ]);
    assertEquals(await Deno.readTextFile(join(to, ".env")), "SOME_KEY=1\n");
    const kept = (await Array.fromAsync(Deno.readDir(to))).map(({ name }) => name);
    assertEquals(kept.filter((name) => name.startsWith(".env.replaced-")).length, 1);
    assertEquals(await Deno.readTextFile(join(to, "workspace/SOUL.md")), "mine\n");
  });
});

Deno.test("migrate() leaves a config that is invalid behind and takes the rest", async () => {
  await withWorld(async ({ to, run }) => {
    const report = await run();
    const [config] = report.items;
    assertEquals([config?.action, config?.unit], ["conflict", "openclaw.json"]);
    assertStringIncludes(config!.reason!, "gateway.port");
    assert(shown(report).includes("import agent:main:main"));
    await assertRejects(() => Deno.stat(join(to, "openclaw.json")), Deno.errors.NotFound);
  }, { ...earlierFiles(), "openclaw.json": '{ gateway: { port: "many" } }' });
});

Deno.test("migrate() knows the names of the time before, and a config by itself", async () => {
  const { "openclaw.json": config, ...files } = earlierFiles();
  await withWorld(async ({ from, to, run }) => {
    await Deno.rename(join(from, ".openclaw"), join(from, ".clawdbot"));
    const alone = await run({ from: join(from, ".clawdbot/clawdbot.json") });
    assertEquals(shown(alone), ["import more.json", "import openclaw.json"]);
    assertEquals(await Deno.readTextFile(join(to, "openclaw.json")), CONFIG);
    const report = await run();
    assert(shown(report).includes("same openclaw.json"));
    assert(shown(report).includes("import agent:main:main"));
  }, { ...files, "clawdbot.json": config });
});

Deno.test("migrate() from the own state folder takes what is not in the database yet", async () => {
  await withWorld(async ({ from, to, run, store }) => {
    await Deno.rename(join(from, ".openclaw"), to);
    const before = await snapshot(to);
    const report = await run({ from: to });
    assertEquals(shown(report).filter((line) => line.startsWith("import")), [
      "import cron jobs",
      "import agent:main:main",
    ]);
    const after = await snapshot(to);
    for (const [path, content] of Object.entries(before)) assertEquals(after[path], content, path);
    using opened = disposable(await store());
    assertEquals(opened.store.countSessions(), 1);
  });
});

Deno.test("migrate() follows no links, neither of files nor of folders", async () => {
  await withWorld(async ({ from, to, run }) => {
    const state = join(from, ".openclaw");
    await Deno.symlink("/etc", join(state, "credentials/etc"));
    await Deno.symlink(state, join(state, "workspace/loop"));
    await Deno.remove(join(state, ".env"));
    await Deno.symlink("/etc/passwd", join(state, ".env"));
    const skipped = shown(await run()).filter((line) => line.startsWith("skip"));
    for (const unit of [".env", "credentials/etc", "workspace of main: loop"]) {
      assert(skipped.includes(`skip ${unit}`), unit);
    }
    await assertRejects(() => Deno.stat(join(to, ".env")), Deno.errors.NotFound);
  });
});

Deno.test("migrate() refuses a source without state, and a target that a gateway runs on", async () => {
  await withWorld(async ({ from, to, run }) => {
    const empty = await Deno.makeTempDir({ dir: from });
    const nothing = await assertRejects(() => run({ from: empty }), AppError);
    assertEquals(nothing.code, "USAGE");
    assertStringIncludes(nothing.message, "no OpenClaw state is in it");
    const missing = await assertRejects(() => run({ from: join(from, "nope") }), AppError);
    assertEquals(missing.code, "USAGE");
    const lock = await acquireGatewayLock({
      env: envOf({ TMPDIR: dirname(from) }),
      clock: new ManualClock(),
      configPath: join(to, "openclaw.json"),
      port: 1,
      probePort: () => Promise.resolve(true),
    });
    try {
      const locked = await assertRejects(() => run(), AppError);
      assertEquals(locked.code, "GATEWAY_LOCKED");
      assertEquals((await run({ dryRun: true })).isDryRun, true);
    } finally {
      lock.release();
    }
  });
});

function disposable(store: SessionStore): Disposable & { store: SessionStore } {
  return { store, [Symbol.dispose]: () => store.close() };
}
