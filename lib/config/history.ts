/**
 * Keeps every version of the configuration under its content's hash.
 *
 * @module
 */
import { join } from "@std/path";
import { pathExists, writeFileAtomic } from "../platform/mod.ts";

/** One version to keep. */
export interface VersionOptions {
  /** Folder of the history; it exists. */
  readonly historyDir: string;
  readonly text: string;
  /** SHA-256 of the text in hexadecimal. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** One line of the index. */
export interface VersionEntry {
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
  readonly bytes: number;
}

/** Keeps a text that is not kept yet, and notes it in `index.jsonl`. */
export async function recordVersion(options: VersionOptions): Promise<void> {
  const { historyDir, text, hash, now } = options;
  const file = join(historyDir, `${hash}.json5`);
  if (await pathExists(file)) return;
  await writeFileAtomic(file, text, { mode: 0o600 });
  const entry: VersionEntry = { hash, ts: now, bytes: new TextEncoder().encode(text).length };
  await Deno.writeTextFile(join(historyDir, "index.jsonl"), `${JSON.stringify(entry)}\n`, {
    append: true,
    mode: 0o600,
  });
}
