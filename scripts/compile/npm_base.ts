/**
 * The fallback base: fetched from the npm registry, verified, recovered and cached.
 *
 * @module
 */
import { join } from "@std/path";
import type { PinnedBase } from "./bases.ts";
import { recoverBase } from "./binary.ts";
import { sha256Hex } from "./bytes.ts";
import { extractFile, gunzip } from "./tar.ts";

const DOWNLOAD_TIMEOUT_MS = 600_000;

/** The registry that npm is configured for, without a trailing slash. */
export async function npmRegistry(): Promise<string> {
  const configured = Deno.env.get("npm_config_registry") ?? await askNpm();
  const registry = /^https?:\/\//.test(configured) ? configured : "https://registry.npmjs.org";
  return registry.replace(/\/+$/, "");
}

async function askNpm(): Promise<string> {
  const program = Deno.build.os === "windows" ? "npm.cmd" : "npm";
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args: ["config", "get", "registry"],
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : "";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** The address of a package's tarball in a registry. */
export function tarballUrl(registry: string, base: PinnedBase): string {
  const file = base.package.slice(base.package.indexOf("/") + 1);
  return `${registry}/${base.package}/-/${file}-${base.version}.tgz`;
}

/**
 * Checks a tarball against its pinned integrity.
 *
 * @throws {Error} When it differs.
 */
export async function verifyIntegrity(tarball: Uint8Array, integrity: string): Promise<void> {
  const digest = await crypto.subtle.digest("SHA-512", tarball as BufferSource);
  const actual = `sha512-${new Uint8Array(digest).toBase64()}`;
  if (actual !== integrity) {
    throw new Error(`Cannot use the tarball: integrity is "${actual}", pinned is "${integrity}"`);
  }
}

async function verifyBase(bytes: Uint8Array, pinned: PinnedBase): Promise<boolean> {
  return bytes.length === pinned.baseBytes && await sha256Hex(bytes) === pinned.baseSha256;
}

async function isCached(path: string, pinned: PinnedBase): Promise<boolean> {
  try {
    return await verifyBase(await Deno.readFile(path), pinned);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Makes sure that the recovered base is in the cache.
 *
 * @param pinned Which base.
 * @param cacheDir Folder of the cache; created when missing.
 * @returns The path of the base.
 * @throws {Error} When the download fails or a checksum does not match its pin.
 */
export async function ensureNpmBase(pinned: PinnedBase, cacheDir: string): Promise<string> {
  const path = join(cacheDir, pinned.baseSha256.slice(0, 16));
  if (await isCached(path, pinned)) return path;
  const url = tarballUrl(await npmRegistry(), pinned);
  console.log(`base: download ${url}`);
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`Cannot download "${url}": HTTP ${response.status}`);
  const tarball = await response.bytes();
  await verifyIntegrity(tarball, pinned.integrity);
  const base = recoverBase(extractFile(await gunzip(tarball), pinned.file));
  if (!await verifyBase(base, pinned)) {
    throw new Error(
      `Cannot use the base of "${pinned.package}": its checksum is not the pinned one`,
    );
  }
  await Deno.mkdir(cacheDir, { recursive: true });
  const partial = `${path}.${Deno.pid}.part`;
  await Deno.writeFile(partial, base, { mode: 0o755 });
  await Deno.rename(partial, path);
  return path;
}
