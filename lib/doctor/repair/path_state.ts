/**
 * What is at a path now, and whether that is what a record says.
 *
 * @module
 */
import { sha256Hex } from "../../base/mod.ts";
import { ioError, readFileIfExists } from "../../platform/mod.ts";
import type { PathState } from "./record.ts";

const PERMISSION_BITS = 0o7777;

/** What is at a path; links are followed. The hash is left out for `mode`. */
export async function readPathState(path: string, what: "content" | "mode"): Promise<PathState> {
  const info = await infoOf(path);
  if (info === undefined) return { kind: "absent" };
  const mode = (info.mode ?? 0) & PERMISSION_BITS;
  if (info.isDirectory) return { kind: "folder", mode };
  if (what === "mode") return { kind: "file", mode };
  const bytes = await readFileIfExists(path);
  return bytes === undefined
    ? { kind: "absent" }
    : { kind: "file", mode, sha256: await sha256Hex(bytes) };
}

async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError("read", path, error);
  }
}

/** Whether both are the same thing with the same content; modes do not matter. */
export function sameContent(a: PathState, b: PathState): boolean {
  if (a.kind !== b.kind) return false;
  return a.kind !== "file" || b.kind !== "file" || a.sha256 === b.sha256;
}

/** Whether both have the same permission bits. */
export function sameMode(a: PathState, b: PathState): boolean {
  return a.kind === "absent" || b.kind === "absent" ? a.kind === b.kind : a.mode === b.mode;
}
