/**
 * Folders below a shared place such as `/tmp` that nobody else may have prepared.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import { ioError } from "./io_error.ts";
import { userId } from "./os.ts";

const OTHERS_MAY_WRITE = 0o022;

/**
 * Makes sure that `path` is a real folder, owned by this user and not writable by others.
 *
 * @throws {AppError} `UNSAFE_FOLDER` when it is somebody else's, a link or writable by others, or
 * what the file system answered.
 */
export function ensurePrivateDirSync(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // A dangling link makes this fail; the check below then names the link.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw ioError("create folder", path, error);
  }
  const problem = folderProblem(path);
  if (problem === undefined) return;
  throw new AppError("UNSAFE_FOLDER", `Cannot use the folder "${path}": ${problem}`, {
    hint: `Remove it, or make it private with: chmod 700 ${path}`,
    details: { path },
  });
}

function folderProblem(path: string): string | undefined {
  const info = Deno.lstatSync(path);
  if (!info.isDirectory) return "it is not a folder";
  const uid = userId();
  if (uid === undefined) return undefined;
  if (info.uid !== uid) return `it belongs to user ${info.uid}`;
  if (((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0) return "other users may write to it";
  return undefined;
}
