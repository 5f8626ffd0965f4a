/**
 * `openclaw completion`: a script for the user's shell.
 *
 * @module
 */
import { renderCompletion } from "../completion.ts";
import { SHELLS } from "../shells.ts";
import type { CommandContext } from "../table.ts";

/** Writes the script to standard output. */
export function run({ args, host, table }: CommandContext): Promise<number> {
  const shell = SHELLS.find((name) => name === args[0])!;
  host.writeOut(renderCompletion(shell, table));
  return Promise.resolve(0);
}
