/**
 * `openclaw config restore`: an earlier version of the config file, put back.
 *
 * @module
 */
import { readHistory, readText, SHORT_HASH_DIGITS } from "../config/versions.ts";
import { changeConfig, reportChange } from "../remote/config_change.ts";
import type { CommandContext } from "../table.ts";

/** Puts the version in place of the file, which stays in the history. */
export async function run(context: CommandContext): Promise<number> {
  const history = await readHistory(context);
  const { findVersion } = await import("../../config/mod.ts");
  const { hash } = findVersion(history.versions, context.args[0]!);
  const text = await readText(history, hash);
  const short = hash.slice(0, SHORT_HASH_DIGITS);
  // The user has named the version, so what it lacks is no accident.
  const change = await changeConfig(context, () => Promise.resolve(text), {
    action: `config restore ${short}`,
    force: true,
  });
  reportChange(context, "Restored", `version ${short}`, change);
  return 0;
}
