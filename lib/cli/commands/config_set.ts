/**
 * `openclaw config set`: one value, or several in one write.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { readSettings, type Setting } from "../config/set_plan.ts";
import { changeConfig } from "../remote/config_change.ts";
import { reportChange } from "../remote/config_report.ts";
import type { CommandContext } from "../table.ts";

/** Sets the values and says what must happen next. */
export async function run(context: CommandContext): Promise<number> {
  const settings = await readSettings(context);
  const isMerge = context.options.flag("merge");
  const paths = settings.map(({ path }) => path).join(", ");
  const change = await changeConfig(context, async (raw, { parsed }) => {
    let text = raw;
    for (const setting of settings) text = await withSetting(text, setting, parsed, isMerge);
    return text;
  }, { action: `config set ${paths}`, isPartial: true });
  reportChange(context, "Updated", paths, change);
  return 0;
}

async function withSetting(
  raw: string,
  setting: Setting,
  parsed: JsonObject,
  isMerge: boolean,
): Promise<string> {
  const { setText } = await import("../../config/mod.ts");
  const value = isMerge ? await merged(raw, setting, parsed) : setting.value;
  return await setText(raw, setting.path, value, parsed);
}

/** The value laid over the object that is there, be it in the file or in one that it includes. */
async function merged(
  raw: string,
  { path, value }: Setting,
  included: JsonObject,
): Promise<unknown> {
  const { lookup, mergePatch, parseConfigText } = await import("../../config/mod.ts");
  const own = await parseConfigText(raw);
  const [said, whole] = [own.ok ? lookup(own.value, path) : undefined, lookup(included, path)];
  const before = said?.found ? said.value : whole.value;
  return isObject(before) && isObject(value) ? mergePatch(before, value, "replace") : value;
}
