/**
 * `openclaw system event`: tells an agent something.
 *
 * @module
 */
import type { OkResult } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";
import { ask } from "./ask.ts";
import { usage } from "./job_options.ts";

/** Queues an event; it is on disk when this says so. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const text = options.text("text")?.trim();
  if (!text) throw usage(context, "Missing --text");
  const sessionKey = options.text("session-key");
  const result = await ask<OkResult>(context, "wake", {
    mode: options.text("mode") ?? "next-heartbeat",
    text,
    ...(sessionKey === undefined ? {} : { sessionKey }),
  });
  if (options.flag("json")) out.json(result);
  else out.line("ok");
  return 0;
}
