/**
 * Homes with one thing wrong each, and what doctor says of it.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { osName, tempDir, userId } from "../../platform/mod.ts";
import { envOf } from "../../base/mod.ts";
import { DATABASE_FILE_NAME, Store } from "../../store/mod.ts";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome, type HomeOptions, type TestHome } from "../testing/run_test.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const GOOD = { gateway: { mode: "local", port: 1, auth: { mode: "token", token: TOKEN } } };

interface Shown {
  readonly id: string;
  readonly severity: string;
  readonly message: string;
  readonly fix?: string;
  readonly repairable: boolean;
}

interface Case {
  readonly name: string;
  /** Laid over a good config; a text stands for the whole file. */
  readonly config?: Record<string, unknown> | string | null;
  readonly options?: HomeOptions;
  readonly args?: readonly string[];
  make?(stateDir: string, home: TestHome): Promise<void>;
  readonly id: string;
  readonly severity: string;
  /** Whether `--fix --yes` takes the finding away. */
  readonly isRepaired?: boolean;
  /** Needs modes and owners, which Windows has not. */
  readonly isUnix?: boolean;
}

function textOf(config: Case["config"]): string | null {
  if (config === null || typeof config === "string") return config;
  return JSON.stringify({ ...GOOD, ...config }, null, 2);
}

async function homeOf({ config, options, make }: Pick<Case, "config" | "options" | "make">) {
  const home = await createHome({ ...options, config: textOf(config) });
  const stateDir = join(home.dir, ".openclaw");
  if (osName() !== "windows") {
    await Deno.chmod(stateDir, 0o700);
    if (config !== null) await Deno.chmod(home.configPath, 0o600);
  }
  await make?.(stateDir, home);
  return { home, stateDir };
}

async function findings(home: TestHome, args: readonly string[] = []): Promise<Shown[]> {
  const { out, err, code } = await home.run("doctor", "--json", ...args);
  assertEquals(code, 0, err);
  return JSON.parse(out).findings;
}

async function withStore(stateDir: string, sql: string, ...values: (string | number)[]) {
  const store = await Store.open(stateDir);
  try {
    await store.transact(() => store.connection.run(sql, ...values));
  } finally {
    store.close();
  }
}

const ADD_JOB = "INSERT INTO cron_jobs (id, job, state, created_at) VALUES (?, ?, ?, 1)";

function job(over: Record<string, unknown>): string {
  return JSON.stringify({
    id: "j1",
    name: "nightly",
    enabled: true,
    createdAtMs: 1,
    updatedAtMs: 1,
    schedule: { kind: "every", everyMs: 60_000 },
    sessionTarget: "isolated",
    wakeMode: "now",
    payload: { kind: "agentTurn", message: "hi" },
    ...over,
  });
}

/** A unit as an older version on another port would have left it. */
async function writeUnit(home: string, name: string, text: string): Promise<void> {
  const folder = join(home, ".config", "systemd", "user");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, name), text);
}

function unit(port: number, program = "/usr/bin/env"): string {
  return `[Unit]\nDescription=x\n[Service]\nExecStart=${program} gateway --port ${port}\n` +
    "Environment=OPENAI_API_KEY=sk-planted\n";
}

/** A systemctl that knows the unit and says what it does. */
function systemctl(shown: Record<string, string>): HomeOptions["runCommand"] {
  const stdout = Object.entries(shown).map(([key, value]) => `${key}=${value}`).join("\n");
  return (command) => {
    if (command === "systemctl") return Promise.resolve({ code: 0, stdout, stderr: "" });
    return Promise.reject(new AppError("COMMAND_NOT_FOUND", `Cannot run "${command}"`));
  };
}

const RUNNING = { LoadState: "loaded", ActiveState: "active", SubState: "running", MainPID: "1" };

const CASES: readonly Case[] = [
  { name: "no config", config: null, id: "doctor:config-file.missing", severity: "warn" },
  {
    name: "a config that is cut off",
    config: '{ gateway: { mode: "local"',
    id: "doctor:config-file.unreadable",
    severity: "error",
  },
  {
    name: "a config that is cut off, with one that was accepted before",
    config: '{ gateway: { mode: "local"',
    make: async (stateDir) => {
      const path = join(stateDir, "openclaw.json.last-good");
      await Deno.writeTextFile(path, textOf({})!, { mode: 0o600 });
    },
    id: "doctor:config-file.unreadable",
    severity: "error",
    isRepaired: true,
  },
  {
    name: "a value of the wrong type",
    config: { session: { dmScope: "everyone" } },
    id: "doctor:config-file.invalid",
    severity: "error",
  },
  {
    name: "an unknown key",
    config: { sesion: {} },
    id: "doctor:config-file.unknown-key",
    severity: "warn",
  },
  {
    name: "a variable that is not set",
    config: { ui: { assistant: { name: "${NOT_SET_ANYWHERE}" } } },
    id: "doctor:config-file.variable-missing",
    severity: "warn",
  },
  {
    name: "an include that is not there",
    config: { session: { $include: "./gone.json5" } },
    id: "doctor:config-file.include",
    severity: "error",
  },
  {
    name: "no gateway.mode",
    config: { gateway: { port: 1, auth: GOOD.gateway.auth } },
    id: "doctor:gateway-config.mode-missing",
    severity: "error",
    isRepaired: true,
  },
  {
    name: "remote without an address",
    config: { gateway: { mode: "remote" } },
    id: "doctor:gateway-config.remote-url-missing",
    severity: "error",
  },
  {
    name: "token and password without a mode",
    config: {
      gateway: { mode: "local", port: 1, auth: { token: TOKEN, password: "p".repeat(20) } },
    },
    id: "doctor:gateway-config.auth-ambiguous",
    severity: "error",
    isRepaired: true,
  },
  {
    name: "a bind that is no address",
    config: { gateway: { ...GOOD.gateway, bind: "custom" } },
    id: "doctor:gateway-config.bind",
    severity: "error",
  },
  {
    name: "a port variable that is no port",
    options: { env: { OPENCLAW_GATEWAY_PORT: "many" } },
    id: "doctor:gateway-config.port",
    severity: "error",
  },
  {
    name: "no token",
    config: { gateway: { mode: "local", port: 1 } },
    id: "doctor:gateway-auth.token-missing",
    severity: "warn",
    isRepaired: true,
  },
  {
    name: "a short token",
    config: { gateway: { mode: "local", port: 1, auth: { token: "short" } } },
    id: "doctor:gateway-auth.token-short",
    severity: "warn",
  },
  {
    name: "a token of the documentation",
    config: { gateway: { mode: "local", port: 1, auth: { token: "change-me-now" } } },
    id: "doctor:gateway-auth.placeholder",
    severity: "error",
  },
  {
    name: "no authentication",
    config: { gateway: { mode: "local", port: 1, auth: { mode: "none" } } },
    id: "doctor:gateway-auth.none",
    severity: "warn",
  },
  {
    name: "a secret that is nowhere",
    config: {
      models: {
        providers: {
          openai: {
            baseUrl: "http://127.0.0.1:1/v1",
            models: [],
            apiKey: { source: "env", provider: "default", id: "NOT_SET_ANYWHERE" },
          },
        },
      },
    },
    id: "doctor:secrets.unresolved",
    severity: "error",
  },
  {
    name: "a secret in the file",
    id: "doctor:secrets.plaintext",
    severity: "info",
  },
  {
    name: "a channel without an owner",
    config: { channels: { irc: { host: "irc.example.test", nick: "x" } } },
    id: "doctor:command-owner.unset",
    severity: "info",
  },
  {
    name: "a copy of the config from an earlier program",
    make: (stateDir) =>
      Deno.writeTextFile(join(stateDir, "openclaw.json.bak"), "{}", { mode: 0o600 }),
    id: "doctor:legacy-state.config-copies",
    severity: "info",
  },
  {
    name: "a state folder under its old name",
    make: (_stateDir, home) => Deno.mkdir(join(home.dir, ".clawdbot")),
    id: "doctor:legacy-state.left",
    severity: "warn",
  },
  {
    name: "conversations that were not taken over",
    make: async (stateDir) => {
      const folder = join(stateDir, "agents", "main", "sessions");
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      await Deno.writeTextFile(join(folder, "sessions.json"), "{}", { mode: 0o600 });
    },
    id: "doctor:legacy-state.sessions",
    severity: "warn",
  },
  {
    name: "an open state folder",
    make: (stateDir) => Deno.chmod(stateDir, 0o777),
    id: "doctor:state-integrity.writable",
    severity: "error",
    isRepaired: true,
    isUnix: true,
  },
  {
    name: "a config that others may read",
    make: (_stateDir, home) => Deno.chmod(home.configPath, 0o644),
    id: "doctor:state-integrity.readable",
    severity: "warn",
    isRepaired: true,
    isUnix: true,
  },
  {
    name: "a file of the state that others may read",
    make: async (stateDir) => {
      await Deno.writeTextFile(join(stateDir, "notes.txt"), "x");
      await Deno.chmod(join(stateDir, "notes.txt"), 0o644);
    },
    id: "doctor:state-integrity.open",
    severity: "info",
    isRepaired: true,
    isUnix: true,
  },
  {
    name: "what a killed writer left",
    make: (stateDir) =>
      Deno.writeTextFile(join(stateDir, ".openclaw.json.4000000.0123abcd.tmp"), "{", {
        mode: 0o600,
      }),
    id: "doctor:state-integrity.leftovers",
    severity: "info",
    isRepaired: true,
  },
  {
    name: "a database that is none",
    make: (stateDir) =>
      Deno.writeTextFile(join(stateDir, DATABASE_FILE_NAME), "no database ".repeat(900), {
        mode: 0o600,
      }),
    id: "doctor:state-database.unreadable",
    severity: "error",
  },
  {
    name: "a database with damaged pages",
    make: async (stateDir) => {
      (await Store.open(stateDir)).close();
      using file = await Deno.open(join(stateDir, DATABASE_FILE_NAME), { write: true, read: true });
      await file.seek(4096 * 3, Deno.SeekMode.Start);
      await file.write(new Uint8Array(4096 * 8).fill(0xff));
    },
    id: "doctor:state-database.damaged",
    severity: "error",
  },
  {
    name: "a database of a newer version",
    make: async (stateDir) => {
      const store = await Store.open(stateDir);
      store.connection.execute("PRAGMA user_version = 999");
      store.close();
    },
    id: "doctor:state-database.unreadable",
    severity: "error",
  },
  {
    name: "a policy of exec that is no JSON",
    make: (stateDir) =>
      Deno.writeTextFile(join(stateDir, "exec-approvals.json"), "{", { mode: 0o600 }),
    id: "doctor:exec-approvals.invalid",
    severity: "error",
  },
  {
    name: "a job for an agent that is gone",
    make: (stateDir) => withStore(stateDir, ADD_JOB, "j1", job({ agentId: "gone" }), "{}"),
    id: "doctor:cron.agent-unknown",
    severity: "warn",
  },
  {
    name: "a job with a model that is not known",
    make: (stateDir) => {
      const payload = { kind: "agentTurn", message: "hi", model: "nowhere/none" };
      return withStore(stateDir, ADD_JOB, "j1", job({ payload }), "{}");
    },
    id: "doctor:cron.model-unknown",
    severity: "warn",
  },
  {
    name: "a job that keeps failing",
    make: (stateDir) => withStore(stateDir, ADD_JOB, "j1", job({}), '{"consecutiveErrors":4}'),
    id: "doctor:cron.failing",
    severity: "warn",
  },
  {
    name: "a device that waits",
    make: (stateDir) =>
      withStore(
        stateDir,
        `INSERT INTO device_requests (request_id, device_id, public_key, facts, role, roles, scopes,
          created_at, updated_at, expires_at) VALUES ('r1', 'd1', 'k', '{}', 'operator',
          '["operator"]', '[]', 1, 1, ?)`,
        8e15,
      ),
    id: "doctor:device-pairing.pending",
    severity: "info",
  },
  {
    name: "a device that was not seen for long",
    make: (stateDir) =>
      withStore(
        stateDir,
        `INSERT INTO devices (device_id, public_key, facts, role, roles, scopes, created_at,
          approved_at) VALUES (?, 'k', '{}', 'operator', '["operator"]', '[]', 1, 1)`,
        "d1",
      ),
    id: "doctor:device-pairing.stale",
    severity: "info",
  },
  {
    name: "a file that the agent sees in part",
    make: async (stateDir) => {
      await Deno.mkdir(join(stateDir, "workspace"), { mode: 0o700 });
      await Deno.writeTextFile(join(stateDir, "workspace", "AGENTS.md"), "x".repeat(12_001));
    },
    id: "doctor:bootstrap-size.file",
    severity: "warn",
  },
  {
    name: "a log that is off",
    config: { logging: { level: "silent" } },
    id: "doctor:logging.silent",
    severity: "info",
  },
  {
    name: "a config from the future",
    config: { meta: { lastTouchedAt: "2090-01-01T00:00:00Z" } },
    id: "doctor:machine.clock",
    severity: "error",
  },
  {
    name: "a shell without completion",
    options: { env: { SHELL: "/bin/zsh" } },
    id: "doctor:shell-completion.absent",
    severity: "info",
  },
  {
    name: "no service",
    options: { runCommand: systemctl({ LoadState: "not-found", ActiveState: "inactive" }) },
    id: "doctor:gateway-services.not-installed",
    severity: "info",
  },
  {
    name: "a service for another port",
    // The runtime of these tests may be where no service can be started from.
    options: { runCommand: systemctl(RUNNING), env: { OPENCLAW_WRAPPER: "/bin/sh" } },
    isUnix: true,
    make: (_stateDir, home) => writeUnit(home.dir, "openclaw-gateway.service", unit(2)),
    id: "doctor:gateway-services.gateway-port-mismatch",
    severity: "warn",
  },
  {
    name: "a service with secrets in its definition",
    options: { runCommand: systemctl(RUNNING) },
    make: (_stateDir, home) => writeUnit(home.dir, "openclaw-gateway.service", unit(1)),
    id: "doctor:security.findings",
    severity: "error",
  },
  {
    name: "a service that ends again and again",
    options: {
      runCommand: systemctl({
        LoadState: "loaded",
        ActiveState: "activating",
        SubState: "auto-restart",
        NRestarts: "7",
        ExecMainStatus: "1",
        ExecMainCode: "1",
        Result: "exit-code",
      }),
    },
    make: (_stateDir, home) => writeUnit(home.dir, "openclaw-gateway.service", unit(1)),
    id: "doctor:gateway-daemon.crash-loop",
    severity: "error",
  },
  {
    name: "a service under its old name",
    options: { runCommand: systemctl(RUNNING) },
    make: (_stateDir, home) =>
      writeUnit(home.dir, "clawdbot-gateway.service", unit(2, "/usr/bin/clawdbot")),
    id: "doctor:gateway-services.legacy",
    severity: "warn",
  },
  {
    name: "a gateway of somebody else's making",
    options: { runCommand: systemctl(RUNNING) },
    make: (_stateDir, home) => writeUnit(home.dir, "my-bot.service", unit(2, "/opt/openclaw")),
    id: "doctor:gateway-services.extra",
    severity: "warn",
  },
  {
    name: "a service that somebody else looks after",
    options: {
      env: { OPENCLAW_SERVICE_REPAIR_POLICY: "external" },
      runCommand: systemctl(RUNNING),
    },
    make: (_stateDir, home) => writeUnit(home.dir, "openclaw-gateway.service", unit(2)),
    id: "doctor:gateway-services.external",
    severity: "info",
  },
  {
    name: "a disabled launch agent",
    options: {
      os: "darwin",
      runCommand: (_command, args) =>
        Promise.resolve({
          code: args[0] === "print-disabled" ? 0 : 1,
          stdout: '\t"ai.openclaw.gateway" => disabled\n',
          stderr: "",
        }),
    },
    id: "doctor:launchd-overrides.disabled",
    severity: "warn",
  },
  {
    name: "a token that launchd gives to everybody",
    options: {
      os: "darwin",
      runCommand: (_command, args) =>
        Promise.resolve({ code: args[0] === "getenv" ? 0 : 1, stdout: "secret\n", stderr: "" }),
    },
    id: "doctor:launchd-overrides.variable",
    severity: "warn",
  },
  {
    name: "a marker against the launch agent",
    options: { os: "darwin" },
    make: (stateDir) =>
      Deno.writeTextFile(join(stateDir, "disable-launchagent"), "", { mode: 0o600 }),
    id: "doctor:launchd-overrides.marker",
    severity: "warn",
  },
];

for (const one of CASES) {
  Deno.test({
    name: `doctor names ${one.name}: ${one.id}`,
    ignore: one.isUnix === true && osName() === "windows",
    async fn() {
      const { home } = await homeOf(one);
      await using _home = home;
      const found = (await findings(home, one.args)).filter(({ id }) => id === one.id);
      assert(found.length > 0, `${one.id} is not among the findings`);
      assertEquals(found[0]!.severity, one.severity, found[0]!.message);
      const good = (await findings(home)).filter(({ repairable }) => repairable).map(({ id }) =>
        id
      );
      assertEquals(good.includes(one.id), one.isRepaired ?? isServiceRepair(one.id));
      if (!one.isRepaired) return;
      const { out, code } = await home.run("doctor", "--fix", "--yes", "--json");
      const ids = (JSON.parse(out).findings as Shown[]).map(({ id }) => id);
      assertEquals([code, ids.includes(one.id)], [0, false]);
    },
  });
}

/** Reinstalling a service from a test would be refused by the fake manager. */
function isServiceRepair(id: string): boolean {
  return id.startsWith("doctor:gateway-services.gateway-");
}

Deno.test("doctor finds nothing to warn of in a good home, and changes nothing", async () => {
  const make = (stateDir: string) => withStore(stateDir, ADD_JOB, "j1", job({}), "{}");
  const { home, stateDir } = await homeOf({ make });
  await using _home = home;
  const before = [...Deno.readDirSync(stateDir)].map(({ name }) => name);
  const found = await findings(home);
  assertEquals(found.filter(({ severity }) => severity !== "info"), []);
  assertEquals([...Deno.readDirSync(stateDir)].map(({ name }) => name), before);
});

Deno.test("doctor names a lock that was left, and a folder of locks that is open", async () => {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-doctor-tmp-" });
  try {
    const env = { TMPDIR: dir };
    const { home } = await homeOf({ options: { env } });
    await using _home = home;
    const uid = userId();
    const folder = join(tempDir(envOf(env)), uid === undefined ? "openclaw" : `openclaw-${uid}`);
    await Deno.mkdir(folder);
    await Deno.chmod(folder, 0o777);
    const bytes = new TextEncoder().encode(home.configPath);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    const lock = { pid: 4_000_000, createdAt: "2026-01-01T00:00:00Z", configPath: home.configPath };
    await Deno.writeTextFile(
      join(folder, `gateway.${digest.slice(0, 8)}.lock`),
      JSON.stringify(lock),
    );
    const ids = (await findings(home)).map(({ id }) => id);
    assert(ids.includes("doctor:session-locks.left"));
    if (osName() === "windows") return;
    assert(ids.includes("doctor:session-locks.folder"));
    await home.run("doctor", "--fix");
    assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("doctor names who has the port of a gateway that is down", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closing = (async () => {
    for await (const connection of listener) connection.close();
  })();
  const port = (listener.addr as Deno.NetAddr).port;
  const { home } = await homeOf({ config: { gateway: { ...GOOD.gateway, port } } });
  await using _home = home;
  const found = (await findings(home)).map(({ id }) => id);
  assert(found.includes("doctor:gateway-daemon.port-taken"), found.join());
  listener.close();
  await closing.catch(() => {});
});

Deno.test("doctor reads a running gateway: another version, a refused config, a slow loop", async () => {
  await using gateway = startFakeGateway({
    token: TOKEN,
    methods: {
      status: () => ({ rejectedConfig: { message: "session.dmScope: wrong" } }),
      health: () => ({
        eventLoop: { degraded: true, reasons: ["delay"] },
        channels: { irc: { lastError: "no route" } },
      }),
    },
  });
  const { home } = await homeOf({ config: { gateway: { ...GOOD.gateway, port: gateway.port } } });
  await using _home = home;
  const ids = (await findings(home)).map(({ id }) => id)
    .filter((id) => id.startsWith("doctor:gateway-health"));
  assertEquals(ids.filter((id) => !id.endsWith("version-skew")), [
    "doctor:gateway-health.config-rejected",
    "doctor:gateway-health.event-loop",
    "doctor:gateway-health.channel",
  ]);
});

Deno.test("doctor says so when the gateway refuses the credential", async () => {
  await using gateway = startFakeGateway({ token: "another" });
  const { home } = await homeOf({ config: { gateway: { ...GOOD.gateway, port: gateway.port } } });
  await using _home = home;
  const found = await findings(home);
  assert(found.some(({ id }) => id === "doctor:gateway-health.refused"));
});
