/**
 * How this program is started again by somebody else, a service manager for one.
 *
 * @module
 */
import { fromFileUrl, join, relative, resolve } from "@std/path";
import type { Env } from "../base/mod.ts";
import { osName, tempDir } from "./os.ts";

/** Whether the program is the one compiled file, not source run by the runtime. */
export function isCompiled(): boolean {
  return Deno.build.standalone;
}

/**
 * The path of this program that lasts longest: the entry on the PATH that leads to it, since an update
 * may change where that points, else the file itself.
 *
 * @param executable The one file of the program; the runtime when its source is run.
 */
export function stableExecutablePath(env: Env, executable: string | undefined): string {
  if (executable === undefined) return Deno.execPath();
  const own = realPath(executable) ?? executable;
  const name = osName() === "windows" ? "openclaw.exe" : "openclaw";
  for (const folder of (env.get("PATH") ?? "").split(osName() === "windows" ? ";" : ":")) {
    // Relative entries mean another folder to everybody else.
    if (folder !== resolve(folder)) continue;
    const path = join(folder, name);
    if (realPath(path) === own) return path;
  }
  return own;
}

/**
 * A mark of the program's file that changes when the file is replaced; `undefined` for source, and
 * when the file is gone.
 *
 * @param path Of the file, asked for at the process's start: later the system tells where a replaced
 * file has gone to.
 */
export function programMark(path: string): string | undefined {
  if (!isCompiled()) return undefined;
  try {
    const { ino, size, mtime } = Deno.statSync(path);
    return [ino, size, mtime?.getTime()].join(":");
  } catch {
    // Renamed away by an update that is under way, or hidden: nothing to start instead.
    return undefined;
  }
}

/** What comes between the runtime and the program's own arguments, where its source is run. */
export function sourceArguments(): string[] {
  const main = new URL(Deno.mainModule);
  return ["run", "-A", "--quiet", decodeURIComponent(main.pathname)];
}

/** Starts this program once more, whatever module the process was started with, a test for one. */
export function ownCommand(): [program: string, ...args: string[]] {
  if (isCompiled()) return [Deno.execPath()];
  const main = fromFileUrl(new URL("../../main.ts", import.meta.url));
  return [Deno.execPath(), "run", "-A", "--quiet", "--no-prompt", main];
}

/** The folder for temporary files that holds `path`, or `undefined`. */
export function temporaryFolderOf(path: string, env: Env): string | undefined {
  const folders = osName() === "windows"
    ? [tempDir(env)]
    : ["/tmp", "/private/tmp", "/var/tmp", "/dev/shm", tempDir(env)];
  return folders.find((folder) => {
    const below = relative(folder, path);
    return below !== "" && !below.startsWith("..") && resolve(folder, below) === resolve(path);
  });
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}
