/**
 * Unpacks the archive of a skill into a folder, so that nothing of it lands anywhere else.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { ensureDir, ioError, syncFolder } from "../../../../platform/mod.ts";
import { invalid, ZipArchive, type ZipEntry, type ZipLimits } from "./zip.ts";

/** A skill is text with a few helpers; more than this is something else. */
export const SKILL_LIMITS: ZipLimits = {
  maxEntries: 2000,
  maxEntryBytes: 32 * 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
};

const SKILL_FILE = "SKILL.md";
const MAX_DEPTH = 12;
const MAX_NAME_CHARS = 200;
/** What Windows takes for a device, whatever follows the dot. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;
// deno-lint-ignore no-control-regex -- control characters are what is refused
const BAD_CHARACTER = /[\u0000-\u001f\u007f<>:"|?*\\]/;
/** What some packers add. */
const IGNORED = /^(?:__MACOSX\/|(?:.*\/)?\.DS_Store$)/;

/**
 * Unpacks an archive whose SKILL.md is at its top, or in its only folder.
 *
 * @param target Must not exist; is complete and on disk when this resolves.
 * @throws {AppError} `ARCHIVE_INVALID`, or what writing fails with. The caller removes `target` then.
 */
export async function extractSkill(
  archivePath: string,
  target: string,
  limits: ZipLimits = SKILL_LIMITS,
): Promise<void> {
  const file = await Deno.open(archivePath, { read: true });
  try {
    const archive = await ZipArchive.open(file, limits);
    const files = skillFiles(archive.entries);
    await ensureDir(target);
    const folders = new Set([target]);
    for (const { path, entry } of files) {
      const place = join(target, ...path);
      await writeNew(place, await archive.read(entry));
      folders.add(dirname(place));
    }
    for (const folder of folders) await syncFolder(folder);
  } finally {
    file.close();
  }
}

/** The files of an archive, by their parts below the folder of the skill. */
export function skillFiles(
  entries: readonly ZipEntry[],
): { path: string[]; entry: ZipEntry }[] {
  const files = entries.filter(({ name }) => !IGNORED.test(name))
    .map((entry) => ({ path: partsOf(entry.name), entry }))
    .filter(({ entry }) => !entry.isFolder);
  const top = files.some(({ path }) => path.length === 1 && path[0] === SKILL_FILE)
    ? 0
    : files.every(({ path }) => path.length > 1 && path[0] === files[0]!.path[0])
    ? 1
    : undefined;
  const below = files.map(({ path, entry }) => ({ path: path.slice(top ?? 0), entry }));
  if (top === undefined || !below.some(({ path }) => path.join("/") === SKILL_FILE)) {
    throw invalid(`it has no ${SKILL_FILE} at its top`);
  }
  refuseCollisions(below.map(({ path }) => path));
  return below;
}

/** The parts of a name, each of which can be a file's name on every system. */
function partsOf(name: string): string[] {
  const parts = name.replace(/\/$/, "").split("/");
  const isSafe = parts.length <= MAX_DEPTH &&
    parts.every((part) =>
      part !== "" && part !== "." && part !== ".." && part.length <= MAX_NAME_CHARS &&
      !BAD_CHARACTER.test(part) && !DEVICE_NAME.test(part) && !/[. ]$/.test(part)
    );
  if (!isSafe) throw invalid(`the name "${name.slice(0, MAX_NAME_CHARS)}" is not allowed`);
  return parts;
}

/** Two names that are one file on some systems, or a file that is a folder as well. */
function refuseCollisions(paths: readonly (readonly string[])[]): void {
  const files = new Set<string>();
  for (const path of paths) {
    const name = path.join("/").normalize("NFC").toLowerCase();
    if (files.has(name)) throw invalid(`"${path.join("/")}" is in it twice`);
    files.add(name);
  }
  for (const name of files) {
    for (let at = name.indexOf("/"); at > 0; at = name.indexOf("/", at + 1)) {
      if (files.has(name.slice(0, at))) throw invalid(`"${name.slice(0, at)}" is file and folder`);
    }
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  await ensureDir(dirname(path));
  try {
    const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    try {
      let written = 0;
      while (written < bytes.length) written += await file.write(bytes.subarray(written));
      await file.sync();
    } finally {
      file.close();
    }
  } catch (error) {
    throw ioError("write", path, error);
  }
}
