/**
 * The entry in the Startup folder, for users who may not create a task.
 *
 * @module
 */
import { join } from "@std/path";
import type { Env } from "../../base/mod.ts";
import { batchText, headlessCommand, type TaskFiles } from "./files.ts";
import { quotedPath, remark } from "./quoting.ts";

/** Path of the entry of a task; characters that a file name cannot have become `_`. */
export function startupEntryPath(task: string, home: string, env: Env): string {
  const data = env.get("APPDATA")?.trim() || join(home, "AppData", "Roaming");
  // deno-lint-ignore no-control-regex
  const name = task.replace(/[<>:"/\\|?*\x00-\x1f]/g, "_");
  return join(data, "Microsoft", "Windows", "Start Menu", "Programs", "Startup", `${name}.cmd`);
}

/** The text of the entry: starts the runner without a window, and ends. */
export function buildStartupEntry(description: string, files: TaskFiles): string {
  const { program, args } = headlessCommand(files);
  return batchText([
    "@echo off",
    remark(description),
    // The path of the folder is read as UTF-8.
    '"%SystemRoot%\\System32\\chcp.com" 65001 >nul',
    `start "" /d ${quotedPath(files.folder)} "${program}" ${args}`,
  ]);
}
