/**
 * An agent's workspace folder: its seed files and the part of them that goes into the prompt.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "@std/path";
import { ensureDir, ioError, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";
import { WORKSPACE_TEMPLATES } from "./workspace_templates.ts";

/** Files that are part of every prompt, in this order. */
export const CONTEXT_FILES = [
  "AGENTS.md",
  "SOUL.md",
  "TOOLS.md",
  "IDENTITY.md",
  "USER.md",
  "BOOTSTRAP.md",
  "MEMORY.md",
] as const;

const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** How much of the workspace goes into a prompt. */
export interface WorkspaceLimits {
  /** Characters of one file. */
  maxFileChars: number;
  /** Characters of all files together. */
  maxTotalChars: number;
}

/** One workspace file as the prompt shows it. */
export interface WorkspaceFile {
  name: string;
  text: string;
  isTruncated: boolean;
}

interface CachedFile {
  stamp: string;
  text: string;
}

/** Reads workspaces, remembering each file until it changes on disk. */
export class WorkspaceReader {
  readonly #cache = new Map<string, CachedFile>();
  readonly #seeded = new Set<string>();

  /**
   * Creates the folder and the files a new workspace starts with; existing files are never touched.
   *
   * A folder that already holds anything of its owner's (any context file or a `.git`) is left alone.
   */
  async ensure(folder: string): Promise<void> {
    if (this.#seeded.has(folder)) return;
    await ensureDir(folder);
    const isNew = ![...CONTEXT_FILES, ".git"].some((name) => infoOf(join(folder, name)));
    if (isNew) {
      for (const [name, text] of Object.entries(WORKSPACE_TEMPLATES)) {
        await writeFileAtomic(join(folder, name), text, { mode: 0o600 });
      }
    }
    this.#seeded.add(folder);
  }

  /**
   * The files that go into the prompt.
   *
   * @param names Which of {@linkcode CONTEXT_FILES}; all of them when absent.
   * @throws {AppError} When a file exists and cannot be read.
   */
  async read(
    folder: string,
    limits: WorkspaceLimits,
    names: readonly string[] = CONTEXT_FILES,
  ): Promise<WorkspaceFile[]> {
    const files: WorkspaceFile[] = [];
    let left = limits.maxTotalChars;
    // Asking for what is not there is ten times cheaper than the error of looking at it; a folder
    // that may not be searched answers no to everything.
    const isOpen = existsSync(`${folder}/.`);
    for (const name of CONTEXT_FILES.filter((each) => names.includes(each))) {
      if (isOpen && !existsSync(join(folder, name))) continue;
      const text = (await this.#readCached(join(folder, name)))?.trim();
      if (!text || left <= 0) continue;
      const allowed = Math.min(limits.maxFileChars, left);
      const kept = cut(text, allowed);
      files.push({ name, text: kept, isTruncated: kept.length < text.length });
      left -= kept.length;
    }
    return files;
  }

  async #readCached(path: string): Promise<string | undefined> {
    const stamp = stampOf(path);
    if (stamp === undefined) {
      this.#cache.delete(path);
      return undefined;
    }
    const cached = this.#cache.get(path);
    if (cached?.stamp === stamp) return cached.text;
    const text = await readTextFileIfExists(path);
    if (text !== undefined) this.#cache.set(path, { stamp, text });
    return text;
  }
}

/** Identifies a file's version; links, folders and files over the size limit count as missing. */
function stampOf(path: string): string | undefined {
  const info = infoOf(path);
  if (!info?.isFile || info.size > MAX_FILE_BYTES) return undefined;
  return `${info.mtime?.getTime() ?? 0}:${info.size}:${info.ino ?? 0}`;
}

/** What is at `path` itself, be it a link. */
function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError("read", path, error);
  }
}

/** The beginning of a text; a character of two units stays whole or is left out. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const kept = text.slice(0, maxChars);
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}
