/**
 * `config.openFile`: shows the configuration file in the editor of the gateway's host.
 *
 * @module
 */
import { AppError, type Env } from "../../../base/mod.ts";
import { osName, type RunCommand, runCommand } from "../../../platform/mod.ts";
import type { ConfigOpenFileResult } from "../../../protocol/mod.ts";
import type { GatewayState } from "../../state.ts";

const TIMEOUT_MS = 5000;

/** A program that shows a file, and what it is told before the path. */
export interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

/** The host's program for files, or `undefined` on a host without a screen. */
export function openerFor(system: ReturnType<typeof osName>, env: Env): Opener | undefined {
  if (system === "darwin") return { command: "open", args: ["-t"] };
  if (system === "windows") return { command: "explorer.exe", args: [] };
  const hasScreen = Boolean(env.get("DISPLAY") || env.get("WAYLAND_DISPLAY"));
  return hasScreen ? { command: "xdg-open", args: [] } : undefined;
}

/** Opens the file; on failure the answer still names its path, for a person to open it. */
export async function openConfigFile(
  state: GatewayState,
  run: RunCommand = runCommand,
): Promise<ConfigOpenFileResult> {
  const { configPath: path } = state.paths;
  const failed = (why: string) => ({
    ok: false,
    path,
    error: `failed to open config file "${path}": ${why}`,
  });
  const system = osName();
  const opener = openerFor(system, state.config().env);
  if (opener === undefined) return failed("the gateway's host has no screen");
  try {
    const { code } = await run(opener.command, [...opener.args, path], { timeoutMs: TIMEOUT_MS });
    // The explorer of Windows answers 1 also when it has opened the file.
    return code === 0 || system === "windows"
      ? { ok: true, path }
      : failed(`${opener.command} ended with code ${code}`);
  } catch (error) {
    if (error instanceof AppError) return failed(error.message);
    throw error;
  }
}
