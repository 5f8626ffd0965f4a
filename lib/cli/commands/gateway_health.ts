/**
 * `openclaw gateway health`: the short form of `openclaw health`, for a gateway anywhere.
 *
 * @module
 */
import { askHealth } from "../remote/health_call.ts";
import { channelLines } from "../reports/health_view.ts";
import type { CommandContext } from "../table.ts";

/** Asks for the health snapshot and shows whether all is well. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const { health, tookMs } = await askHealth(context);
  if (options.flag("json")) {
    out.json(health);
    return 0;
  }
  out.line(out.paint("Gateway Health", "strong"));
  out.line(`${out.paint("OK", "good")} (${tookMs}ms)`);
  for (const line of channelLines(health)) out.line(line);
  return 0;
}
