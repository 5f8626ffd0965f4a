/**
 * `openclaw config unset`: one value less.
 *
 * @module
 */
import { changeConfig } from "../remote/config_change.ts";
import { reportChange } from "../remote/config_report.ts";
import type { CommandContext } from "../table.ts";

/** Removes the value and says what must happen next. */
export async function run(context: CommandContext): Promise<number> {
  const path = context.args[0]!;
  // The user has named what is to go, so its loss is no accident.
  const change = await changeConfig(context, async (raw, { parsed }) => {
    const { unsetText } = await import("../../config/mod.ts");
    return await unsetText(raw, path, parsed);
  }, { action: `config unset ${path}`, force: true });
  reportChange(context, "Removed", path, change);
  return 0;
}
