import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError, envOf } from "../base/mod.ts";
import { systemClock } from "./clock.ts";
import { acquireGatewayLock, type GatewayLockOptions, lockPath } from "./gateway_lock.ts";
import { processStartTime } from "./process.ts";

const CONFIG = "/home/user/.openclaw/openclaw.json";

function fixture() {
  const folder = Deno.makeTempDirSync({ prefix: "lock-" });
  const env = envOf({ TMPDIR: folder, TEMP: folder });
  const options: GatewayLockOptions = {
    env,
    clock: systemClock,
    configPath: CONFIG,
    port: 18789,
    timeoutMs: 0,
    pollMs: 5,
    probePort: () => Promise.resolve(false),
  };
  return {
    folder,
    env,
    acquire: (over: Partial<GatewayLockOptions> = {}) =>
      acquireGatewayLock({ ...options, ...over }),
    async plant(content: string) {
      const path = await lockPath(env, CONFIG);
      Deno.mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(path, content);
      return path;
    },
    [Symbol.dispose]() {
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

function payload(over: Record<string, unknown>): string {
  const createdAt = new Date(Date.now()).toISOString();
  return JSON.stringify({ pid: Deno.ppid, createdAt, configPath: CONFIG, ...over });
}

async function endedPid(): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  return child.pid;
}

Deno.test("acquireGatewayLock() writes who holds the lock, privately", async () => {
  using f = fixture();
  const lock = await f.acquire();
  const folder = Deno.uid() === null ? "openclaw" : `openclaw-${Deno.uid()}`;
  // The first eight digits of SHA-256 over the config path.
  assertEquals(lock.path, join(f.folder, folder, "gateway.94e6aae2.lock"));
  const content = JSON.parse(Deno.readTextFileSync(lock.path));
  assertEquals(content.pid, Deno.pid);
  assertEquals(content.configPath, CONFIG);
  assertEquals(content.startTime, processStartTime(Deno.pid));
  assert(Math.abs(Date.parse(content.createdAt) - Date.now()) < 60_000);
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(lock.path).mode! & 0o777, 0o600);
    assertEquals(Deno.statSync(join(lock.path, "..")).mode! & 0o777, 0o700);
  }
  lock.release();
});

Deno.test("acquireGatewayLock() refuses a second holder and names the first", async () => {
  using f = fixture();
  const lock = await f.acquire();
  const error = await assertRejects(() => f.acquire({ timeoutMs: 20 }), AppError);
  assertEquals(error.code, "GATEWAY_LOCKED");
  assertEquals(
    error.message,
    `gateway already running (pid ${Deno.pid}); lock timeout after 20ms`,
  );
  assertEquals(error.details?.pid, Deno.pid);
  lock.release();
  (await f.acquire()).release();
});

Deno.test("acquireGatewayLock() gets the lock as soon as its holder leaves", async () => {
  using f = fixture();
  const first = await f.acquire();
  const second = f.acquire({ timeoutMs: 30_000 });
  first.release();
  (await second).release();
});

Deno.test("acquireGatewayLock() keeps different configs apart", async () => {
  using f = fixture();
  const locks = [await f.acquire(), await f.acquire({ configPath: "/other.json" })];
  for (const lock of locks) lock.release();
});

Deno.test("release() may be repeated and spares the lock of a successor", async () => {
  using f = fixture();
  const first = await f.acquire();
  first.release();
  const second = await f.acquire();
  first.release();
  assert(Deno.statSync(second.path).isFile);
  Deno.writeTextFileSync(second.path, payload({}));
  second.release();
  assert(Deno.statSync(second.path).isFile);
});

Deno.test("acquireGatewayLock() takes over from dead owners", async () => {
  using f = fixture();
  const cases = [
    payload({ pid: await endedPid() }),
    payload({ pid: Deno.pid, startTime: 1 }),
    payload({ startTime: 1 }),
    payload({ createdAt: "2020-01-01T00:00:00.000Z" }),
  ];
  for (const content of cases) {
    await f.plant(content);
    (await f.acquire()).release();
  }
});

Deno.test("acquireGatewayLock() takes over a garbage lock once it is old", async () => {
  using f = fixture();
  for (const content of ["", "{", '{"pid":"x"}']) {
    const path = await f.plant(content);
    const error = await assertRejects(() => f.acquire(), AppError);
    assertEquals(error.message, "gateway already running (pid unknown); lock timeout after 0ms");
    const old = new Date(Date.now() - 10_000);
    Deno.utimeSync(path, old, old);
    (await f.acquire()).release();
  }
});

Deno.test({
  name: "acquireGatewayLock() respects a live owner of another implementation",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using f = fixture();
    const startTime = processStartTime(Deno.ppid);
    await f.plant(payload({ startTime }));
    await assertRejects(() => f.acquire(), AppError, `pid ${Deno.ppid}`);
    const createdAt = "2020-01-01T00:00:00.000Z";
    await f.plant(payload({ startTime, createdAt }));
    const probePort = () => Promise.resolve(true);
    await assertRejects(() => f.acquire({ probePort }), AppError, `pid ${Deno.ppid}`);
  },
});

Deno.test("acquireGatewayLock() locks nothing with OPENCLAW_ALLOW_MULTI_GATEWAY=1", async () => {
  using f = fixture();
  const first = await f.acquire();
  const env = envOf({ TMPDIR: f.folder, TEMP: f.folder, OPENCLAW_ALLOW_MULTI_GATEWAY: "1" });
  (await f.acquire({ env })).release();
  assert(Deno.statSync(first.path).isFile);
  first.release();
});

Deno.test("acquireGatewayLock() leaves no temporary file", async () => {
  using f = fixture();
  const lock = await f.acquire();
  await assertRejects(() => f.acquire());
  lock.release();
  const names = [...Deno.readDirSync(join(lock.path, ".."))].map((entry) => entry.name);
  assertEquals(names, ["gateway.94e6aae2.guard"]);
});

Deno.test({
  name: "acquireGatewayLock() has one holder at a time among racing and dying processes",
  ignore: Deno.build.os === "windows",
  async fn() {
    using f = fixture();
    await f.plant(payload({ pid: await endedPid() }));
    const racer = new URL("./testdata/lock_racer.ts", import.meta.url).pathname;
    const children = Array.from({ length: 8 }, (_, i) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", racer, f.folder, "12", i % 2 === 0 ? "die" : "live"],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn());
    await Promise.all(children.map((child) => child.stdin.close()));
    const outputs = await Promise.all(children.map((child) => child.output()));
    const texts = outputs.map(({ stdout, stderr }) =>
      new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)
    );
    assertEquals(texts, ["", "done\n", "", "done\n", "", "done\n", "", "done\n"]);
    assertEquals(outputs.map((output) => output.signal ?? "none"), [
      "SIGKILL",
      "none",
      "SIGKILL",
      "none",
      "SIGKILL",
      "none",
      "SIGKILL",
      "none",
    ]);
  },
});
