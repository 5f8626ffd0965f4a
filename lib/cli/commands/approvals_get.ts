/**
 * `openclaw approvals get`: the policy of exec.
 *
 * @module
 */
import { atPlace } from "../approvals/place.ts";
import { effectivePolicy, printPolicy } from "../approvals/view.ts";
import type { CommandContext } from "../table.ts";

/** Shows the policy of one place, and what follows from it. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  return await atPlace(context, async (place) => {
    const policy = await place.read();
    const settings = await place.settings?.();
    const effective = settings && await effectivePolicy(policy.file, settings);
    if (options.flag("json")) out.json(effective ? { ...policy, effective } : policy);
    else printPolicy(context, place.target, policy, effective);
    return 0;
  });
}
