/**
 * `openclaw nodes notify`: a notification on a node's screen.
 *
 * @module
 */
import { AppError, randomId } from "../../base/mod.ts";
import { invokeOnNode } from "../nodes/ask.ts";
import { nodeName } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

const WORDS = ["title", "body", "sound", "priority", "delivery"] as const;
const DEFAULT_DELIVERY = "system";

/** Sends one notification. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const given = WORDS.map((name) => [name, options.text(name)?.trim()] as const)
    .filter(([, text]) => text !== undefined && text !== "");
  const params: Record<string, unknown> = {
    delivery: DEFAULT_DELIVERY,
    ...Object.fromEntries(given),
  };
  if (params.title === undefined && params.body === undefined) {
    throw new AppError("USAGE", "Missing --title or --body: there is nothing to show", {
      hint: 'openclaw nodes notify --node <node> --title "Done"',
    });
  }
  const { node, result } = await invokeOnNode(context, {
    command: "system.notify",
    params,
    idempotencyKey: randomId(),
  });
  if (options.flag("json")) out.json(result);
  else out.line(`Notified ${nodeName(node)}`);
  return 0;
}
