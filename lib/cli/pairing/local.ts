/**
 * Devices as the state folder has them, for when no gateway can be asked.
 *
 * @module
 */
import { join } from "@std/path";
import type { Clock } from "../../base/mod.ts";
import type { DevicePairListResult } from "../../protocol/mod.ts";

/**
 * Reads the store; a state folder without one has no devices, and none is created.
 *
 * @throws {AppError} What opening the store fails with.
 */
export async function readLocalDevices(
  stateDir: string,
  clock: Clock,
): Promise<DevicePairListResult> {
  const [{ DATABASE_FILE_NAME, Store }, { DevicePairing }, { pathExists }] = await Promise.all([
    import("../../store/mod.ts"),
    import("../../devices/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  if (!await pathExists(join(stateDir, DATABASE_FILE_NAME))) return { pending: [], paired: [] };
  const store = await Store.open(stateDir);
  try {
    return new DevicePairing(store, clock).list();
  } finally {
    store.close();
  }
}
