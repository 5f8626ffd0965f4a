/**
 * The few files of a workspace that clients may read and write.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../../../base/mod.ts";
import { ioError } from "../../../platform/mod.ts";

/** Their names, in the order of the list. */
export const WORKSPACE_FILES = [
  "AGENTS.md",
  "SOUL.md",
  "TOOLS.md",
  "IDENTITY.md",
  "USER.md",
  "HEARTBEAT.md",
  "BOOTSTRAP.md",
  "MEMORY.md",
] as const;

/** One of {@linkcode WORKSPACE_FILES}, or the place for it. */
export interface WorkspaceFilePlace {
  readonly path: string;
  /** Absent when there is no file. */
  readonly info?: Deno.FileInfo;
}

/**
 * Looks at a file of a workspace.
 *
 * Links of either kind may lead out of the workspace; turns do not read them, and neither does this.
 *
 * @throws {AppError} `INVALID_REQUEST` for a link, a folder or a device.
 */
export async function safeFile(workspace: string, name: string): Promise<WorkspaceFilePlace> {
  const path = join(workspace, name);
  const info = await infoOf(path);
  if (!info) return { path };
  const isLinked = info.isSymlink || (info.nlink ?? 1) > 1;
  if (info.isFile && !isLinked) return { path, info };
  throw new AppError("INVALID_REQUEST", `unsafe workspace file "${name}"`, {
    hint: `Put a regular file at ${path}`,
    details: { name, reason: isLinked ? "link" : "not-a-file" },
  });
}

/** @throws {AppError} `INVALID_REQUEST` for a name that is not offered. */
export function assertOffered(name: string): void {
  if ((WORKSPACE_FILES as readonly string[]).includes(name)) return;
  throw new AppError("INVALID_REQUEST", `unsupported file "${name}"`, {
    hint: `Offered are ${WORKSPACE_FILES.join(", ")}`,
  });
}

async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError("read", path, error);
  }
}
