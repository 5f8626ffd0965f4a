/**
 * The program `tailscale`, wherever its system keeps it.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CommandResult, RunCommand } from "../../platform/mod.ts";

const PROGRAM = "tailscale";
/** Where the app of macOS keeps the program, which is not on the PATH. */
const APP_PROGRAM = "/Applications/Tailscale.app/Contents/MacOS/Tailscale";

/**
 * Runs `tailscale` to its end.
 *
 * @throws {AppError} What running a program fails with, `COMMAND_NOT_FOUND` among it.
 */
export async function runTailscale(
  run: RunCommand,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  try {
    return await run(PROGRAM, args, { timeoutMs });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "COMMAND_NOT_FOUND") throw error;
    // Where that is absent too, the first name is the one to be told of.
    return await run(APP_PROGRAM, args, { timeoutMs }).catch(() => {
      throw error;
    });
  }
}
