/**
 * `openclaw devices reject`: turns a waiting device down.
 *
 * @module
 */
import type { DeviceRejected } from "../../protocol/mod.ts";
import { askGateway, deviceTarget, listDevices } from "../pairing/ask.ts";
import { findRequest } from "../pairing/find.ts";
import { deviceName, shortRequestId } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Rejects one request. */
export async function run(context: CommandContext): Promise<number> {
  const { args, out, options } = context;
  const target = await deviceTarget(context);
  await askGateway(context, target, [], async (call) => {
    const list = await listDevices(call);
    const request = findRequest(list, args[0]!);
    const { requestId } = request;
    const rejected = await call<DeviceRejected>("device.pair.reject", { requestId });
    if (options.flag("json")) return out.json(rejected);
    out.line(
      `Turned down request ${shortRequestId(request, list.pending)}: ${deviceName(request)}`,
    );
  });
  return 0;
}
