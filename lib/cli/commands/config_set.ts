/**
 * `openclaw config set`: one value.
 *
 * @module
 */
import { AppError, errorMessage } from "../../base/mod.ts";
import { changeConfig, reportChange } from "../remote/config_change.ts";
import type { CommandContext } from "../table.ts";

/** Sets the value and says what must happen next. */
export async function run(context: CommandContext): Promise<number> {
  const [path, text] = context.args as [string, string];
  const value = await parseValue(text, context.options.flag("strict-json"));
  const change = await changeConfig(context, async (raw) => {
    const { setConfigValue } = await import("../../config/mod.ts");
    return await setConfigValue(raw, path, value);
  });
  reportChange(context, "Updated", path, change);
  return 0;
}

/**
 * What was typed as a value: JSON5 where it is that, else the text itself.
 *
 * @throws {AppError} `USAGE` for other text when `isStrict`.
 */
export async function parseValue(text: string, isStrict: boolean): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    // Not plain JSON; the larger parser is only loaded for what may need it.
  }
  try {
    const { default: JSON5 } = await import("json5");
    const value: unknown = JSON5.parse(text);
    // Words such as NaN and Infinity are JSON5 numbers that no config can hold.
    if (typeof value !== "number" || Number.isFinite(value)) return value;
  } catch (error) {
    if (isStrict) {
      throw new AppError("USAGE", `Cannot read value "${text}" as JSON5: ${errorMessage(error)}`, {
        hint: `openclaw config set <path> '"text"' --strict-json`,
        cause: error,
      });
    }
  }
  return text;
}
