import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { envOf } from "../base/mod.ts";
import { type ConfigPaths, loadConfig, resolvePaths } from "../config/mod.ts";
import { ManualClock } from "./_testing.ts";
import { ensureDevConfig, setDevStateAside } from "./dev_state.ts";

async function withState(test: (paths: ConfigPaths) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "dev-state-test-" });
  try {
    await test(resolvePaths(envOf({ HOME: home, OPENCLAW_STATE_DIR: join(home, "state") })));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("ensureDevConfig() writes a valid configuration where there is none, and only there", () =>
  withState(async (paths) => {
    assertEquals([await ensureDevConfig(paths), await ensureDevConfig(paths)], [true, false]);
    const snapshot = await loadConfig({ env: envOf({ HOME: paths.home }), paths });
    assertEquals([snapshot.valid, snapshot.warnings], [true, []]);
    const { gateway, agents } = snapshot.config;
    assertEquals([gateway?.mode, gateway?.bind, agents?.list?.[0]?.id], [
      "local",
      "loopback",
      "dev",
    ]);
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(paths.configPath)).mode! & 0o777, 0o600);
    }
    await Deno.writeTextFile(paths.configPath, "// mine");
    await ensureDevConfig(paths);
    assertEquals(await Deno.readTextFile(paths.configPath), "// mine");
  }));

Deno.test("setDevStateAside() moves configuration, sessions and token, and leaves the rest", () =>
  withState(async (paths) => {
    const { stateDir, configPath } = paths;
    await ensureDevConfig(paths);
    const files = ["openclaw.sqlite", "openclaw.sqlite-wal", "openclaw.sqlite-shm", "notes.txt"];
    for (const name of files) await Deno.writeTextFile(join(stateDir, name), name);
    await Deno.mkdir(join(stateDir, "runtime"));
    await Deno.writeTextFile(join(stateDir, "runtime", "gateway-token"), "token");
    const clock = new ManualClock();
    const folder = await setDevStateAside(paths, clock);
    assertEquals(folder, join(stateDir, `reset-${clock.ms}`));
    assertEquals(await namesIn(stateDir), ["notes.txt", `reset-${clock.ms}`]);
    assertEquals(await namesIn(folder!), [
      "openclaw.json",
      "openclaw.sqlite",
      "openclaw.sqlite-shm",
      "openclaw.sqlite-wal",
      "runtime",
    ]);
    assertEquals(await Deno.readTextFile(join(folder!, "runtime", "gateway-token")), "token");
    assertEquals(await setDevStateAside(paths, clock), undefined);
    assertEquals(configPath, join(stateDir, "openclaw.json"));
  }));

Deno.test("setDevStateAside() makes no folder where there is nothing to move", () =>
  withState(async (paths) => {
    await Deno.mkdir(paths.stateDir);
    assertEquals(await setDevStateAside(paths, new ManualClock()), undefined);
    assertEquals(await namesIn(paths.stateDir), []);
  }));
