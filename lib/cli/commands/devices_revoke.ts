/**
 * `openclaw devices revoke`: ends a device's token.
 *
 * @module
 */
import type { DeviceTokenRevoked } from "../../protocol/mod.ts";
import { askGateway, deviceTarget } from "../pairing/ask.ts";
import { endToken, findTokenOwner } from "../pairing/token.ts";
import { deviceName } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Revokes one token. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const target = await deviceTarget(context);
  await askGateway(context, target, ["operator.admin"], async (call) => {
    const owner = await findTokenOwner(context, call);
    const { device: { deviceId }, device, role } = owner;
    const revoked = await endToken<DeviceTokenRevoked>(
      context,
      { target, call, owner },
      "device.token.revoke",
    );
    if (options.flag("json")) return out.json(revoked ?? { deviceId, role });
    out.line(`Revoked the ${role} token of ${deviceName(device)} (${deviceId})`);
    out.line("The device stays approved and gets a new one when it connects with the gateway's");
    out.line(`credential. To keep it out: ${context.say(`devices remove ${deviceId}`)}`);
  });
  return 0;
}
