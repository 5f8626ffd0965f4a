import { assertEquals, assertRejects } from "@std/assert";
import { AppError, delay, envOf, silentLogger } from "../../base/mod.ts";
import type { GatewayState } from "../state.ts";
import { Updates } from "./updates.ts";

const POLL_MS = 2;

/** What an update looks at of a gateway; `looks` counts how often it asked for the time. */
function stateAt(
  stateDir: string,
  url: string | undefined = "https://releases.example.org/i.json",
) {
  const looks = { count: 0 };
  const state = {
    paths: { stateDir },
    clock: { now: () => 1, monotonic: () => ++looks.count },
    log: silentLogger,
    config: () => ({ config: { update: { url } }, processEnv: envOf({}) }),
  } as unknown as GatewayState;
  return { state, looks };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(1);
}

Deno.test("Updates waits on over the note of another restart", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-updates-" });
  try {
    const { state, looks } = stateAt(stateDir);
    const updates = new Updates(() => state, () => Promise.resolve(), POLL_MS);
    await updates.run({});
    const path = `${stateDir}/restart-sentinel.json`;
    const note = { version: 1, payload: { kind: "config-patch", status: "ok", ts: 1, stats: {} } };
    await Deno.writeTextFile(path, JSON.stringify(note));
    const before = looks.count;
    await until(() => looks.count > before + 2);
    await updates.close();
    assertEquals((await Deno.stat(path)).isFile, true);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("Updates waits for nothing when the updater cannot be started", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-updates-" });
  try {
    const { state } = stateAt(stateDir);
    const failure = new AppError("COMMAND_FAILED", "no");
    const updates = new Updates(() => state, () => Promise.reject(failure), POLL_MS);
    assertEquals((await assertRejects(() => updates.run({}), AppError)).code, "COMMAND_FAILED");
    assertEquals((await assertRejects(() => updates.run({}), AppError)).code, "COMMAND_FAILED");
    await updates.close();
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});
