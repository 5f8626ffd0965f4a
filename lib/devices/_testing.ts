/**
 * What the tests of this room share: a store in a temporary folder, time by hand, devices.
 *
 * @module
 */
import { ManualClock, START } from "../base/testing.ts";
export { ManualClock, START };
import { Store } from "../store/mod.ts";
import { type DeviceIdentity, ensureIdentity } from "./identity.ts";
import type { DeviceConnect } from "./pairing_rules.ts";

/** What a test is handed. */
export interface TestContext {
  store: Store;
  clock: ManualClock;
  stateDir: string;
  /** Closes the store and opens it again. */
  reopen(): Promise<Store>;
}

/** Runs `test` on an empty store in a folder that is removed afterwards. */
export async function withStore(test: (context: TestContext) => Promise<void>): Promise<void> {
  await withFolder(async (stateDir) => {
    const context: TestContext = {
      store: await Store.open(stateDir),
      clock: new ManualClock(),
      stateDir,
      reopen: async () => {
        context.store.close();
        return context.store = await Store.open(stateDir);
      },
    };
    try {
      await test(context);
    } finally {
      context.store.close();
    }
  });
}

/** Runs `test` with a temporary folder that is removed afterwards. */
export async function withFolder(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "devices-test-" });
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** A new identity that is stored nowhere. */
export async function newDevice(): Promise<DeviceIdentity> {
  const folder = await Deno.makeTempDir({ prefix: "devices-test-" });
  try {
    return await ensureIdentity(folder, new ManualClock());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A remote operator that asks for `operator.read`, with `changes`. */
export function connect(
  device: Pick<DeviceIdentity, "deviceId" | "publicKeyBase64Url">,
  changes: Partial<DeviceConnect> = {},
): DeviceConnect {
  return {
    deviceId: device.deviceId,
    publicKey: device.publicKeyBase64Url,
    role: "operator",
    scopes: ["operator.read"],
    platform: "linux",
    clientId: "cli",
    clientMode: "cli",
    isLocal: false,
    isOwner: false,
    isBrowser: false,
    ...changes,
  };
}

/** Whether any file below `folder` contains the text. */
export async function isOnDisk(folder: string, text: string): Promise<boolean> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      if (await isOnDisk(path, text)) return true;
      continue;
    }
    const bytes = await Deno.readFile(path);
    if (new TextDecoder("latin1").decode(bytes).includes(text)) return true;
  }
  return false;
}
