import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { systemClock } from "../../platform/mod.ts";
import { ensureIdentity, readStoredToken, writeStoredToken } from "../../devices/client.ts";
import { runCommandLine } from "../main.ts";
import { createHome } from "../testing/run_test.ts";

/** Runs `node run` against no gateway until it has said so, then presses Ctrl-C. */
async function runOnce(home: Awaited<ReturnType<typeof createHome>>, ...flags: string[]) {
  const host = home.host();
  const running = runCommandLine(["node", "run", ...flags], host);
  for (let tries = 0; !host.output.err.includes("Cannot reach"); tries++) {
    assert(tries < 1000, host.output.err);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  host.interrupt();
  return { code: await running, ...host.output };
}

Deno.test("node run ends with 0 on Ctrl-C and remembers what it was told", async () => {
  await using home = await createHome();
  const first = await runOnce(home, "--host", "127.0.0.1", "--port", "1", "--display-name", "box");
  assertEquals(first.code, 0);
  assert(first.err.includes("Cannot reach ws://127.0.0.1:1"), first.err);
  const path = join(home.dir, ".openclaw", "node.json");
  const { nodeId, ...file } = JSON.parse(await Deno.readTextFile(path));
  assertEquals(file, {
    version: 1,
    displayName: "box",
    gateway: { host: "127.0.0.1", port: 1, tls: false },
  });
  await runOnce(home);
  assertEquals(JSON.parse(await Deno.readTextFile(path)).nodeId, nodeId);
});

Deno.test("node run takes no token to another gateway", async () => {
  await using home = await createHome();
  const stateDir = join(home.dir, ".openclaw");
  const { deviceId } = await ensureIdentity(stateDir, systemClock);
  const token = { token: "device-token", role: "node", scopes: [], updatedAtMs: 1 };
  await runOnce(home, "--host", "127.0.0.1", "--port", "1");
  await writeStoredToken(stateDir, deviceId, token);
  await runOnce(home, "--host", "127.0.0.1", "--port", "1");
  assertEquals((await readStoredToken(stateDir, deviceId, "node"))?.token, "device-token");
  await runOnce(home, "--host", "127.0.0.1", "--port", "2");
  assertEquals(await readStoredToken(stateDir, deviceId, "node"), undefined);
});
