/**
 * The program that a service is to start: this very file, by a path that lasts.
 *
 * @module
 */
import { isAbsolute } from "@std/path";
import { AppError } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";
import { assertReachable } from "./system_scope.ts";

/** What a definition starts. */
export interface ServiceProgram {
  readonly command: readonly [string, ...string[]];
  readonly wrapper?: string;
}

/**
 * The program of a new definition: a wrapper when one is named, else this executable.
 *
 * @throws {AppError} `SERVICE_PROGRAM_INVALID`
 */
export async function serviceProgram(
  { options, env, host }: CommandContext,
  previousWrapper: string | undefined,
): Promise<ServiceProgram> {
  const platform = await import("../../platform/mod.ts");
  // An empty variable takes a wrapper of earlier installations away.
  const wrapper = options.text("wrapper") ?? env.get("OPENCLAW_WRAPPER") ?? previousWrapper;
  if (wrapper) {
    await assertExecutable(wrapper);
    return { command: [wrapper], wrapper };
  }
  const path = platform.stableExecutablePath(env, host.executable);
  const folder = platform.temporaryFolderOf(path, env);
  if (folder !== undefined) {
    throw new AppError(
      "SERVICE_PROGRAM_INVALID",
      `Cannot install a service that starts "${path}": what is below ${folder} does not last`,
      {
        hint: `Move the program first:\n${moveCommands(path, host.os === "windows")}`,
      },
    );
  }
  if (options.flag("system")) assertReachable(path);
  return {
    command: host.executable === undefined ? [path, ...platform.sourceArguments()] : [path],
  };
}

function moveCommands(path: string, isWindows: boolean): string {
  if (!isWindows) {
    return `mkdir -p ~/.local/bin && mv ${path} ~/.local/bin/openclaw\n` +
      "~/.local/bin/openclaw gateway install";
  }
  const folder = "%LOCALAPPDATA%\\OpenClaw";
  return `mkdir "${folder}" & move "${path}" "${folder}\\openclaw.exe"\n` +
    `"${folder}\\openclaw.exe" gateway install`;
}

async function assertExecutable(wrapper: string): Promise<void> {
  const info = await Deno.stat(wrapper).catch(() => undefined);
  const isExecutable = info?.isFile === true && (info.mode === null || (info.mode & 0o111) !== 0);
  if (isAbsolute(wrapper) && isExecutable) return;
  const why = !isAbsolute(wrapper)
    ? "it is not an absolute path"
    : info === undefined
    ? "there is no such file"
    : "it is not an executable file";
  throw new AppError("SERVICE_PROGRAM_INVALID", `Cannot use wrapper "${wrapper}": ${why}`, {
    hint: "openclaw gateway install --wrapper /absolute/path/of/an/executable",
  });
}
