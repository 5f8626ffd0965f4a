/**
 * `openclaw config set`: one value, or several in one write.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { readSettings, type Setting } from "../config/set_plan.ts";
import { changeConfig, reportChange } from "../remote/config_change.ts";
import type { CommandContext } from "../table.ts";

/** Sets the values and says what must happen next. */
export async function run(context: CommandContext): Promise<number> {
  const settings = await readSettings(context);
  const isMerge = context.options.flag("merge");
  const paths = settings.map(({ path }) => path).join(", ");
  const change = await changeConfig(context, async (raw) => {
    let text = raw;
    for (const setting of settings) text = await withSetting(text, setting, isMerge);
    return text;
  }, { action: `config set ${paths}`, isPartial: true });
  reportChange(context, "Updated", paths, change);
  return 0;
}

async function withSetting(raw: string, setting: Setting, isMerge: boolean): Promise<string> {
  const { setConfigValue } = await import("../../config/mod.ts");
  const value = isMerge ? await merged(raw, setting) : setting.value;
  return await setConfigValue(raw, setting.path, value);
}

/** The value laid over the object that is there, if there is one. */
async function merged(raw: string, { path, value }: Setting): Promise<unknown> {
  const { lookup, mergePatch, parseConfigText } = await import("../../config/mod.ts");
  const parsed = await parseConfigText(raw);
  const before = parsed.ok ? lookup(parsed.value, path).value : undefined;
  return isObject(before) && isObject(value) ? mergePatch(before, value, "replace") : value;
}
