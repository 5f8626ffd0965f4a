/**
 * `openclaw status`: gateway, agents and sessions at a glance.
 *
 * @module
 */
import { readConfigState } from "../remote/config_state.ts";
import { collectStatus } from "../reports/status_facts.ts";
import { printStatus } from "../reports/status_view.ts";
import type { CommandContext } from "../table.ts";

/** Collects and shows; a gateway that is down is a finding, and only with `--deep` a failure. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const state = await readConfigState(context, "warn");
  const facts = await collectStatus(context, state);
  if (options.flag("json")) out.json(facts.json);
  else printStatus(context, facts);
  return options.flag("deep") && !facts.json.gateway.reachable ? 1 : 0;
}
