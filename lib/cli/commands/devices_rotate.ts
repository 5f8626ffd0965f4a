/**
 * `openclaw devices rotate`: replaces a device's token.
 *
 * @module
 */
import type { DeviceTokenRotated } from "../../protocol/mod.ts";
import { askGateway, deviceTarget } from "../pairing/ask.ts";
import { endToken, findTokenOwner } from "../pairing/token.ts";
import { access, deviceName } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Rotates one token; the new one is never shown. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const target = await deviceTarget(context);
  await askGateway(context, target, ["operator.admin"], async (call) => {
    const owner = await findTokenOwner(context, call);
    const { device, role } = owner;
    const { deviceId } = device;
    const wanted = options.list("scope");
    const answer = await endToken<DeviceTokenRotated>(
      context,
      { target, call, owner },
      "device.token.rotate",
      wanted.length === 0 ? {} : { scopes: wanted },
    );
    const { token: _secret, ...rotated } = answer ?? { deviceId, role };
    if (options.flag("json")) return out.json(rotated);
    out.line(`Replaced the ${role} token of ${deviceName(device)} (${deviceId})`);
    if (answer !== undefined) out.line(`May do: ${access([role], answer.scopes)}`);
    out.line("The device gets the new one when it connects with the gateway's credential.");
  });
  return 0;
}
