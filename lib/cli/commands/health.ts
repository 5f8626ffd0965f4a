/**
 * `openclaw health`: what the running gateway says about itself.
 *
 * @module
 */
import { askHealth } from "../remote/health_call.ts";
import { healthLines } from "../reports/health_view.ts";
import type { CommandContext } from "../table.ts";

/** Asks for the health snapshot and shows it. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const { health, target, tookMs } = await askHealth(context);
  if (options.flag("json")) {
    out.json(health);
    return 0;
  }
  if (options.flag("verbose")) {
    out.line(out.paint(`Gateway ${target.url} (${target.source}) answered in ${tookMs}ms`, "dim"));
  }
  for (const line of healthLines(health)) out.line(line);
  return 0;
}
