/**
 * `openclaw devices clear`: forgets all approved devices.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { DevicePairListResult } from "../../protocol/mod.ts";
import { askGateway, deviceTarget, listDevices } from "../pairing/ask.ts";
import type { Call } from "../remote/ask.ts";
import { ownDeviceId } from "../pairing/own_device.ts";
import { printDevices } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Removes every device but this machine's own, which would lock itself out. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const target = await deviceTarget(context);
  const isConfirmed = options.flag("yes");
  await askGateway(context, target, isConfirmed ? ["operator.admin"] : [], async (call) => {
    const own = await ownDeviceId(context, target);
    const list = await listDevices(call);
    const going: DevicePairListResult = {
      pending: options.flag("pending") ? list.pending : [],
      paired: list.paired.filter(({ deviceId }) => deviceId !== own),
    };
    if (!isConfirmed) throw unconfirmed(context, going);
    for (const { deviceId } of going.paired) await call("device.pair.remove", { deviceId });
    await rejectAll(call, going);
    const removed = going.paired.map(({ deviceId }) => deviceId);
    const rejected = going.pending.map(({ requestId }) => requestId);
    if (options.flag("json")) return out.json({ removed, rejected });
    out.line(`Removed ${count(removed.length, "device")}.`);
    if (options.flag("pending")) out.line(`Turned down ${count(rejected.length, "request")}.`);
  });
  return 0;
}

/** A request that ended by itself meanwhile is as good as turned down. */
async function rejectAll(call: Call, { pending }: DevicePairListResult): Promise<void> {
  for (const { requestId } of pending) {
    await call("device.pair.reject", { requestId }).catch((error) => {
      if (!(error instanceof AppError) || error.details?.code !== "PAIRING_REQUEST_NOT_FOUND") {
        throw error;
      }
    });
  }
}

function unconfirmed(context: CommandContext, going: DevicePairListResult): AppError {
  const { options } = context;
  if (!options.flag("json")) printDevices(context, going);
  const pending = options.flag("pending") ? ` and ${count(going.pending.length, "request")}` : "";
  return new AppError(
    "USAGE",
    `Cannot clear ${count(going.paired.length, "device")}${pending}: it was not confirmed`,
    { hint: `openclaw devices clear${options.flag("pending") ? " --pending" : ""} --yes` },
  );
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? "" : "s"}`;
}
