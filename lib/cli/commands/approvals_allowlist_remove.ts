/**
 * `openclaw approvals allowlist remove`: no longer lets a program run.
 *
 * @module
 */
import { atPlace, changeAt } from "../approvals/place.ts";
import { printAllowlist } from "../approvals/view.ts";
import type { CommandContext } from "../table.ts";

/** Removes the entries of a pattern, or the one with an id. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options, args } = context;
  const { removeEntries } = await import("../../exec/mod.ts");
  const agentId = options.text("agent") ?? "*";
  const { isChanged, policy } = await atPlace(
    context,
    (place) => changeAt(place, (file) => removeEntries(file, agentId, args[0]!.trim())),
  );
  if (options.flag("json")) out.json({ removed: isChanged, ...policy });
  else if (isChanged) printAllowlist(context, policy.file, undefined);
  else out.note(`Pattern not found for agent "${agentId}".`);
  return isChanged ? 0 : 1;
}
