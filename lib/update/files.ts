/**
 * Where an update keeps what: its own folder in the state, and names beside the program.
 *
 * @module
 */
import { basename, dirname, extname, join } from "@std/path";

/** The files of updates in a state folder. */
export function updateFolder(stateDir: string): string {
  return join(stateDir, "update");
}

/** Says which update is under way; absent when none is. */
export function journalPath(stateDir: string): string {
  return join(updateFolder(stateDir), "journal.json");
}

/** Says how the last update ended. */
export function outcomePath(stateDir: string): string {
  return join(updateFolder(stateDir), "outcome.json");
}

/** Says what the previous program is, and which database it can read. */
export function previousFactsPath(stateDir: string): string {
  return join(updateFolder(stateDir), "previous.json");
}

/** Held by whoever updates. */
export function lockPath(stateDir: string): string {
  return join(updateFolder(stateDir), "lock");
}

/** The folder in which a new version is tried. */
export function probeFolder(stateDir: string, id: string): string {
  return join(updateFolder(stateDir), `probe-${id}`);
}

/** The database that an update has taken out of the way. */
export function asideDatabase(stateDir: string, id: string): string {
  return join(stateDir, `openclaw.sqlite.aside-${id}`);
}

/** Where the new file waits, in the folder of the program: a rename does not leave a file system. */
export function stagedPath(program: string, id: string): string {
  // An executable of Windows needs its suffix to be started.
  return join(dirname(program), `.${stem(program)}.${id}.new${suffix(program)}`);
}

/** Where the old file is until the new one has proven itself. */
export function keptPath(program: string, id: string): string {
  return join(dirname(program), `.${stem(program)}.${id}.old${suffix(program)}`);
}

/** The program before the last update: `openclaw.previous`, or `openclaw.previous.exe`. */
export function previousPath(program: string): string {
  return join(dirname(program), `${stem(program)}.previous${suffix(program)}`);
}

function suffix(program: string): string {
  return extname(program).toLowerCase() === ".exe" ? extname(program) : "";
}

function stem(program: string): string {
  return basename(program, suffix(program));
}
