/**
 * The tree that is compiled: sources without tests, with version and commit written in.
 *
 * @module
 */
import { dirname, join, relative } from "@std/path";

const VERSION_FILE = "lib/base/version.ts";
const VERSION_PATTERN = /(export const VERSION = )"[^"]*"/;
const COMMIT_PATTERN = /(export const BUILD_COMMIT: string = )"[^"]*"/;

/** The first seven digits of the commit that is built, or `source` outside of a repository. */
export async function buildCommit(root: string): Promise<string> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["rev-parse", "--short=7", "HEAD"],
      cwd: root,
      stderr: "null",
    }).output();
    const commit = new TextDecoder().decode(stdout).trim().slice(0, 7);
    if (success && /^[0-9a-f]{7}$/.test(commit)) return commit;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Deno.env.get("GITHUB_SHA")?.slice(0, 7) ?? "source";
}

/**
 * Writes the commit into the text of the version module.
 *
 * @throws {Error} When the module no longer has the place for it.
 */
export function stampCommit(source: string, commit: string): string {
  if (!COMMIT_PATTERN.test(source)) {
    throw new Error(`Cannot stamp "${VERSION_FILE}": it does not declare BUILD_COMMIT`);
  }
  return source.replace(COMMIT_PATTERN, `$1"${commit}"`);
}

/**
 * Writes another version into the text of the version module, for builds that updates are tried with.
 *
 * @throws {Error} When the module no longer has the place for it.
 */
export function stampVersion(source: string, version: string): string {
  if (!VERSION_PATTERN.test(source)) {
    throw new Error(`Cannot stamp "${VERSION_FILE}": it does not declare VERSION`);
  }
  return source.replace(VERSION_PATTERN, `$1"${version}"`);
}

async function* sourceFiles(dir: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(dir)) {
    const path = join(dir, entry.name);
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (!/_test\.tsx?$/.test(entry.name)) yield path;
  }
}

/** The project file as far as a build needs it. */
function stagedConfig(text: string): string {
  const config = JSON.parse(text) as Record<string, unknown>;
  for (const key of ["tasks", "lint", "fmt", "test", "exclude"]) delete config[key];
  return JSON.stringify(config, null, 2);
}

/**
 * Copies what is compiled into `stage` and stamps it.
 *
 * @param root The checkout.
 * @param stage A folder that is replaced.
 * @param asVersion The version to write in; the source's own unless given.
 * @returns The commit that was stamped.
 */
export async function stageTree(
  root: string,
  stage: string,
  asVersion?: string,
): Promise<string> {
  await Deno.remove(stage, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(stage, { recursive: true });
  for await (const file of sourceFiles(join(root, "lib"))) {
    const copy = join(stage, relative(root, file));
    await Deno.mkdir(dirname(copy), { recursive: true });
    await Deno.copyFile(file, copy);
  }
  await Deno.copyFile(join(root, "main.ts"), join(stage, "main.ts"));
  await Deno.copyFile(join(root, "deno.lock"), join(stage, "deno.lock"));
  const config = await Deno.readTextFile(join(root, "deno.json"));
  await Deno.writeTextFile(join(stage, "deno.json"), stagedConfig(config));
  const commit = await buildCommit(root);
  const version = join(stage, VERSION_FILE);
  const source = stampCommit(await Deno.readTextFile(version), commit);
  const stamped = asVersion === undefined ? source : stampVersion(source, asVersion);
  await Deno.writeTextFile(version, stamped);
  return commit;
}
