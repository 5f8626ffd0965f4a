/**
 * `openclaw config file`: where the config is.
 *
 * @module
 */
import type { CommandContext } from "../table.ts";

/** Shows the path. */
export async function run({ env, options, out }: CommandContext): Promise<number> {
  const { resolvePaths } = await import("../../config/mod.ts");
  const path = resolvePaths(env).configPath;
  if (options.flag("json")) out.json({ path });
  else out.line(path);
  return 0;
}
