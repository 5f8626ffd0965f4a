/**
 * Removing devices, this machine's own among them.
 *
 * @module
 */
import type { PairedDeviceRow } from "../../protocol/mod.ts";
import type { Target } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";
import type { Call } from "../remote/ask.ts";
import { isCutOff, ownDeviceId, replaceOwnToken } from "./own_device.ts";

/** Removes a device; the connection ends with this machine's own. */
export async function removeDevice(
  context: CommandContext,
  target: Target,
  call: Call,
  { deviceId }: PairedDeviceRow,
): Promise<void> {
  const isOwn = deviceId === await ownDeviceId(context, target);
  await call("device.pair.remove", { deviceId }).catch((error) => {
    if (!isOwn || !isCutOff(error)) throw error;
  });
  if (isOwn) await replaceOwnToken(context, target, deviceId);
}
