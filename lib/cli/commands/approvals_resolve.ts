/**
 * `openclaw approvals resolve`: decides about a request.
 *
 * @module
 */
import { withGateway } from "../approvals/place.ts";
import { plain } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Decides; the id tells the kind of the request. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options, args } = context;
  const [id, decision] = args as [string, string];
  const method = id.startsWith("plugin:") ? "plugin.approval.resolve" : "exec.approval.resolve";
  await withGateway(context, [method], (call) => call(method, { id, decision }));
  if (options.flag("json")) out.json({ ok: true, id, decision });
  else out.line(`Decided ${plain(id)}: ${decision}`);
  return 0;
}
