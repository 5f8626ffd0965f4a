/**
 * The token of a gateway that was given none: made once, kept for the next start, readable by its
 * owner only.
 *
 * @module
 */
import { join } from "@std/path";
import { ensureDir, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";
import { randomHex } from "../base/mod.ts";

const TOKEN_BYTES = 24;

/** Where the generated token is kept. */
export function tokenFilePath(stateDir: string): string {
  return join(stateDir, "runtime", "gateway-token");
}

/** The token of earlier starts, or a new one that is stored before it is returned. */
export async function ensureGeneratedToken(stateDir: string): Promise<string> {
  const path = tokenFilePath(stateDir);
  const stored = (await readTextFileIfExists(path))?.trim();
  if (stored) return stored;
  const token = randomHex(TOKEN_BYTES);
  await ensureDir(join(stateDir, "runtime"));
  await writeFileAtomic(path, `${token}\n`, { mode: 0o600 });
  return token;
}
