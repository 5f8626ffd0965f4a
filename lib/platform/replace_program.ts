/**
 * Puts another executable in the place of one that may be running, and back again.
 *
 * On Unix the old file is linked to its second name before the new one takes the first, so that there
 * is a program at every moment. A running executable of Windows can be renamed but not replaced: there
 * the name is free for the moment between two renames.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { randomHex } from "../base/mod.ts";
import { replace, syncFolder } from "./fs.ts";
import { ioError } from "./io_error.ts";
import { type OsName, osName } from "./os.ts";

/** Three files of one folder. */
export interface ProgramFiles {
  /** The executable that people and services start. */
  readonly program: string;
  /** The one that takes its place. */
  readonly next: string;
  /** Where the old one is kept; what is there is lost. */
  readonly previous: string;
}

/**
 * Keeps the program as `previous` and puts `next` in its place; on disk when it resolves.
 *
 * @throws {AppError} `DISK_FULL`, `READ_ONLY_FILE_SYSTEM`, `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function replaceProgram(
  { program, next, previous }: ProgramFiles,
  os: OsName = osName(),
): Promise<void> {
  try {
    if (os === "windows") {
      await setAside(previous);
      await replace(program, previous);
    } else {
      await keepAs(program, previous);
    }
    await replace(next, program);
    await syncFolder(dirname(program));
  } catch (error) {
    throw ioError("replace", program, error);
  }
}

/**
 * Puts `previous` back in the place of the program, which is lost; on disk when it resolves.
 *
 * @throws {AppError} As {@linkcode replaceProgram}.
 */
export async function returnProgram(
  program: string,
  previous: string,
  os: OsName = osName(),
): Promise<void> {
  try {
    if (os === "windows") await setAside(program);
    await replace(previous, program);
    await syncFolder(dirname(program));
  } catch (error) {
    throw ioError("replace", program, error);
  }
}

/** A second name for the program's own file, in place of whatever has that name. */
async function keepAs(program: string, previous: string): Promise<void> {
  const temporary = join(
    dirname(previous),
    `.${basename(previous)}.${Deno.pid}.${randomHex(4)}.tmp`,
  );
  try {
    await Deno.link(program, temporary);
  } catch {
    // Not every file system has hard links.
    await Deno.copyFile(program, temporary);
    const file = await Deno.open(temporary, { read: true, write: true });
    try {
      await file.sync();
    } finally {
      file.close();
    }
  }
  await Deno.rename(temporary, previous);
  // Two names of one file are not renamed onto each other: the temporary one would stay.
  await Deno.remove(temporary).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** Takes a name that may belong to a running executable; its file goes when nobody runs it. */
async function setAside(path: string): Promise<void> {
  const aside = `${path}.${randomHex(4)}.old`;
  try {
    await Deno.rename(path, aside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  await Deno.remove(aside).catch(() => {
    // Somebody runs it; the next update tries again.
  });
}
