/**
 * `openclaw config apply`: the whole configuration, replaced.
 *
 * @module
 */
import { readPayload } from "../config/payload.ts";
import { changeConfig } from "../remote/config_change.ts";
import { reportChange } from "../remote/config_report.ts";
import type { CommandContext } from "../table.ts";

/** Replaces the file; what would be lost without being named refuses it. */
export async function run(context: CommandContext): Promise<number> {
  const { text, value } = await readPayload(context);
  const { replacedText } = await import("../../config/mod.ts");
  const baseHash = context.options.text("base-hash");
  const change = await changeConfig(
    context,
    (_raw, current) => replacedText(text, value, current),
    baseHash === undefined ? {} : { baseHash },
  );
  reportChange(context, "Updated", "the configuration", change);
  return 0;
}
