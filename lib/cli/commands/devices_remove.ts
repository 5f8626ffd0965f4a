/**
 * `openclaw devices remove`: forgets a device.
 *
 * @module
 */
import { askGateway, deviceTarget, listDevices } from "../pairing/ask.ts";
import { findDevice } from "../pairing/find.ts";
import { removeDevice } from "../pairing/remove.ts";
import { deviceName } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Removes one device. */
export async function run(context: CommandContext): Promise<number> {
  const { args, out, options } = context;
  const target = await deviceTarget(context);
  await askGateway(context, target, ["operator.admin"], async (call) => {
    const device = findDevice(await listDevices(call), args[0]!);
    await removeDevice(context, target, call, device);
    if (options.flag("json")) return out.json({ deviceId: device.deviceId });
    out.line(`Removed ${deviceName(device)} (${device.deviceId})`);
    out.line("Its tokens are void and its connections are closed.");
  });
  return 0;
}
