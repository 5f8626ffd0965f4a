/**
 * `openclaw devices list`: who waits and who is approved.
 *
 * @module
 */
import { askGateway, deviceTarget, listDevices } from "../pairing/ask.ts";
import { readLocalDevices } from "../pairing/local.ts";
import { printDevices } from "../pairing/view.ts";
import { isTransportFailure } from "../remote/connection.ts";
import type { CommandContext } from "../table.ts";

/** Lists devices; without a gateway those of this machine's state folder. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options, env, clock } = context;
  const target = await deviceTarget(context);
  let source = "gateway";
  const list = await askGateway(context, target, [], listDevices).catch(async (error) => {
    if (!target.isLocal || !isTransportFailure(error)) throw error;
    source = "local";
    const { resolvePaths } = await import("../../config/mod.ts");
    return await readLocalDevices(resolvePaths(env).stateDir, clock);
  });
  if (options.flag("json")) {
    const { pending, paired } = list;
    out.json({ source, pending, paired });
    return 0;
  }
  if (source === "local") {
    out.note("The gateway does not answer; this is what the state folder has.");
    out.note(`Changes need the gateway: ${context.say("gateway run")}`);
  }
  printDevices(context, list);
  return 0;
}
