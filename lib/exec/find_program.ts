/**
 * Finds programs on disk as a shell would.
 *
 * @module
 */
import { isAbsolute, join, resolve } from "@std/path";
import { osName } from "../platform/mod.ts";
import type { FindProgram, FoundProgram } from "./types.ts";

const MAY_EXECUTE = 0o111;

/** Where programs are looked for. */
export interface SearchPlace {
  /** The folder in which the command will run; an absolute path. */
  readonly cwd: string;
  /** The value of `PATH` that the command will have. */
  readonly path: string;
}

/**
 * A search that looks at the disk.
 *
 * A name that only a relative folder of `PATH` has leads to nothing, and so does a name behind such a
 * folder: what it means changes with the folder the command runs in.
 */
export function findOnDisk({ cwd, path }: SearchPlace): FindProgram {
  return (word) => {
    if (word === "") return undefined;
    // Links may bend a path that goes up again, so it leads to nothing that could be named.
    if (/(^|[\\/])\.\.([\\/]|$)/.test(word)) return undefined;
    if (/[\\/]/.test(word)) return programAt(resolve(cwd, word));
    for (const folder of path.split(osName() === "windows" ? ";" : ":")) {
      if (!isAbsolute(folder)) return undefined;
      const found = programAt(join(folder, word));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function programAt(path: string): FoundProgram | undefined {
  try {
    const info = Deno.statSync(path);
    if (!info.isFile) return undefined;
    if (info.mode !== null && (info.mode & MAY_EXECUTE) === 0) return undefined;
    return { path, realPath: Deno.realPathSync(path) };
  } catch {
    // Missing, unreadable or a loop of links: nothing that could be started.
    return undefined;
  }
}
