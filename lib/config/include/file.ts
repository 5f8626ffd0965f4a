/**
 * Reads one included file, from places that the configuration may include only.
 *
 * @module
 */
import { dirname, isAbsolute, relative, resolve } from "@std/path";
import { type Env, errorMessage } from "../../base/mod.ts";
import { osName } from "../../platform/mod.ts";
import { decodeUtf8, parseJson5Text } from "../parse.ts";

/** Largest file that is included. */
export const MAX_INCLUDE_BYTES = 2 * 1024 * 1024;

/** Why something cannot be included; the text is for the user. */
export class IncludeFailure extends Error {}

/** Where files are included from. */
export interface IncludeRoots {
  /** Folder of the configuration file. */
  readonly configDir: string;
  readonly others: readonly string[];
}

/** One included file as it was read. */
export interface IncludedFile {
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
}

/** The folder of the configuration file, and those of `OPENCLAW_INCLUDE_ROOTS`. */
export function includeRoots(configPath: string, env: Env): IncludeRoots {
  const separator = osName() === "windows" ? ";" : ":";
  const named = env.get("OPENCLAW_INCLUDE_ROOTS")?.split(separator) ?? [];
  return {
    configDir: dirname(configPath),
    others: named.map((path) => path.trim()).filter((path) => isAbsolute(path)),
  };
}

/**
 * The absolute path that an `$include` of `from` means.
 *
 * @throws {IncludeFailure} When it leaves the folders that may be included from.
 */
export function includePath(written: string, from: string, roots: IncludeRoots): string {
  const path = resolve(dirname(from), written);
  if (allRoots(roots).some((root) => isWithin(path, root))) return path;
  throw new IncludeFailure(
    `Include path escapes config directory: ${written} (root: ${roots.configDir})`,
  );
}

/**
 * Reads and parses an included file.
 *
 * @param text Stands in for what is on disk.
 * @throws {IncludeFailure}
 */
export async function readInclude(
  written: string,
  path: string,
  roots: IncludeRoots,
  text: string | undefined,
): Promise<IncludedFile> {
  const content = text ?? await readContent(written, path, roots);
  const parsed = await parseJson5Text(content);
  if (parsed.ok) return { path, text: content, value: parsed.value };
  throw new IncludeFailure(`Failed to parse include file: ${written}: ${parsed.message}`);
}

async function readContent(written: string, path: string, roots: IncludeRoots): Promise<string> {
  const failed = (why: string) =>
    new IncludeFailure(`Failed to read include file: ${written} (${why})`);
  try {
    await assertStaysInside(written, path, roots);
    const info = await Deno.stat(path);
    if (!info.isFile) throw failed("it is not a regular file");
    if ((info.nlink ?? 1) > 1) throw failed("it has more than one hard link");
    if (info.size > MAX_INCLUDE_BYTES) throw failed(`more than ${MAX_INCLUDE_BYTES} bytes`);
    const text = decodeUtf8(await Deno.readFile(path));
    if (text === undefined) throw failed("it is not UTF-8 text");
    return text;
  } catch (error) {
    if (error instanceof IncludeFailure) throw error;
    throw failed(error instanceof Deno.errors.NotFound ? "no such file" : errorMessage(error));
  }
}

/** A symbolic link may lead elsewhere, as long as that is a folder to include from as well. */
async function assertStaysInside(
  written: string,
  path: string,
  roots: IncludeRoots,
): Promise<void> {
  const real = await Deno.realPath(path);
  for (const root of allRoots(roots)) {
    const realRoot = await Deno.realPath(root).catch(() => root);
    if (isWithin(real, realRoot)) return;
  }
  throw new IncludeFailure(
    `Include path resolves outside config directory (symlink): ${written} ` +
      `(root: ${roots.configDir})`,
  );
}

function allRoots({ configDir, others }: IncludeRoots): string[] {
  return [configDir, ...others];
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}
