/**
 * Ports for programs that have to be told theirs before they listen.
 *
 * A port that the system picks and that is let go of may be given to the next one who asks, or to an
 * outgoing connection. These come from below the range that the system picks from, and each is claimed
 * by a file, so that no other test of this machine gets it either.
 *
 * @module
 */
import { join } from "@std/path";

/** Below the ranges from which Linux, macOS and Windows pick ports by themselves. */
const [LOWEST, HIGHEST] = [20_000, 32_767];
/** Tests that take longer have long been listening. */
const CLAIM_LIFE_MS = 3_600_000;
const MAX_TRIES = 1000;

let folder: string | undefined;

/** A TCP port of 127.0.0.1 that nobody else uses: claimed for an hour, or until it is listened on. */
export function freePort(): number {
  folder ??= openFolder();
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (claim(join(folder, String(port))) && isFree(port)) return port;
  }
  throw new Error(`Cannot find a free port from ${LOWEST} to ${HIGHEST}`);
}

/** The claims of this user, without those whose time is over. */
function openFolder(): string {
  const parent = Deno.build.os === "windows" ? Deno.env.get("TEMP") ?? "." : "/tmp";
  const path = join(parent, `openclaw-test-ports-${Deno.uid() ?? "all"}`);
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const { name } of Deno.readDirSync(path)) {
    const file = join(path, name);
    const claimedAt = ifThere(() => Deno.statSync(file).mtime)?.getTime() ?? Date.now();
    if (Date.now() - claimedAt > CLAIM_LIFE_MS) ifThere(() => Deno.removeSync(file));
  }
  return path;
}

/** What another process may have taken away meanwhile. */
function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function claim(file: string): boolean {
  try {
    Deno.openSync(file, { write: true, createNew: true, mode: 0o600 }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
