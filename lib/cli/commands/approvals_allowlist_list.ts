/**
 * `openclaw approvals allowlist list`: the programs that may run.
 *
 * @module
 */
import { atPlace } from "../approvals/place.ts";
import { printAllowlist } from "../approvals/view.ts";
import type { CommandContext } from "../table.ts";

/** Shows the allowlists, or that of one agent. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const agentId = options.text("agent");
  const { file } = await atPlace(context, (place) => place.read());
  if (!options.flag("json")) {
    printAllowlist(context, file, agentId);
    return 0;
  }
  const agents = Object.entries(file.agents ?? {})
    .filter(([id]) => agentId === undefined || id === agentId)
    .map(([id, { allowlist = [] }]) => [id, allowlist]);
  out.json(Object.fromEntries(agents));
  return 0;
}
