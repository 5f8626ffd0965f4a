/**
 * `openclaw config restore`: an earlier version of the config file, put back.
 *
 * @module
 */
import {
  findAny,
  includedText,
  readHistory,
  readText,
  SHORT_HASH_DIGITS,
} from "../config/versions.ts";
import { changeConfig } from "../remote/config_change.ts";
import { reportChange } from "../remote/config_report.ts";
import type { CommandContext } from "../table.ts";

/** Puts the version in place of the file, which stays in the history. */
export async function run(context: CommandContext): Promise<number> {
  const history = await readHistory(context);
  const version = await findAny(history, context.args[0]!);
  const { hash, file } = version;
  const text = await readText(history, version);
  const short = hash.slice(0, SHORT_HASH_DIGITS);
  const isThere = file !== undefined && await includedText(file) === text;
  // The user has named the version, so what it lacks is no accident.
  const change = await changeConfig(context, (raw) => Promise.resolve(file ? raw : text), {
    action: `config restore ${short}`,
    force: true,
    ...(file === undefined || isThere ? {} : { include: { path: file, text } }),
  });
  reportChange(context, "Restored", `version ${short}`, change);
  return 0;
}
