/**
 * `openclaw cron status`: whether jobs run.
 *
 * @module
 */
import type { CronStatusResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";
import { fromNow } from "./view.ts";

/** Shows the scheduler at a glance. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options, clock } = context;
  const status = await ask<CronStatusResult>(context, "cron.status");
  if (options.flag("json")) {
    out.json(status);
    return 0;
  }
  out.pairs([
    ["Scheduler", status.enabled ? "on" : "off (cron.enabled)"],
    ["Jobs", String(status.jobs)],
    ["Next", status.nextWakeAtMs === null ? "-" : fromNow(status.nextWakeAtMs, clock.now())],
    ["Store", status.storePath],
  ]);
  return 0;
}
