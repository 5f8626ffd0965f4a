import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { DevicePairing } from "../devices/mod.ts";
import { Store } from "../store/mod.ts";
import { ManualClock, recordingLogger } from "./_testing.ts";
import { takeOverDevices } from "./device_events.ts";

/** Runs `test` on a store beside a `devices/paired.json` with this text. */
async function withPaired(
  text: string,
  test: (stateDir: string, store: Store) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "gateway-test-" });
  await Deno.mkdir(join(stateDir, "devices"));
  await Deno.writeTextFile(join(stateDir, "devices", "paired.json"), text);
  const store = await Store.open(stateDir);
  try {
    await test(stateDir, store);
  } finally {
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("takeOverDevices() takes devices over once and says so", async () => {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", key));
  const deviceId = hash.toHex();
  const publicKey = key.toBase64({ alphabet: "base64url", omitPadding: true });
  const entry = { deviceId, publicKey, role: "operator", roles: ["operator"], scopes: [] };
  await withPaired(JSON.stringify({ [deviceId]: entry }), async (stateDir, store) => {
    const { log, lines } = recordingLogger();
    const clock = new ManualClock();
    await takeOverDevices(stateDir, store, clock, log);
    await takeOverDevices(stateDir, store, clock, log);
    const { paired } = new DevicePairing(store, clock).list();
    assertEquals(paired.map((device) => device.deviceId), [deviceId]);
    assertEquals(lines.length, 1);
    assertMatch(lines[0]!, /taken over: paired devices 1, nodes 0/);
  });
});

Deno.test("takeOverDevices() warns of a file that cannot be used, and lets the gateway start", () =>
  withPaired("[broken", async (stateDir, store) => {
    const { log, lines } = recordingLogger();
    await takeOverDevices(stateDir, store, new ManualClock(), log);
    assertMatch(lines.join(), /cannot take over .*paired\.json/);
  }));
