/**
 * `openclaw config patch`: part of the configuration, laid over what is there.
 *
 * @module
 */
import { readPayload } from "../config/payload.ts";
import { changeConfig } from "../remote/config_change.ts";
import { reportChange } from "../remote/config_report.ts";
import type { CommandContext } from "../table.ts";

/** Merges the object, deletes what is `null`, replaces lists. */
export async function run(context: CommandContext): Promise<number> {
  const { value } = await readPayload(context);
  const { deletedSections, patchedText } = await import("../../config/mod.ts");
  const names = Object.keys(value).join(", ");
  const allowed = new Set(context.options.list("replace-section"));
  const change = await changeConfig(context, (_raw, current) => {
    for (const name of deletedSections(current.parsed, value)) allowed.add(name);
    return patchedText(current, value, "replace");
  }, {
    action: `config patch ${names}`,
    replaceSections: () => [...allowed],
    isPartial: true,
  });
  reportChange(context, "Updated", names === "" ? "nothing" : names, change);
  return 0;
}
