/**
 * Whether a file can be trusted with secrets: whose it is, who else may change or read it, and that
 * it is itself and no link.
 *
 * Windows has no owner and mode in this sense: there nothing is trusted that is not declared so.
 *
 * @module
 */
import { dirname, isAbsolute, relative } from "@std/path";
import { errorMessage } from "../base/mod.ts";
import { userId } from "../platform/mod.ts";
import { unresolved } from "./failure.ts";

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_READ_OR_WRITE = 0o066;
const STICKY = 0o1000;
const ROOT = 0;

/** What is to be trusted. */
export interface PathCheck {
  readonly path: string;
  /** Name of the field, for messages. */
  readonly field: string;
  /** Whether others must not even read it; programs may be read, and may be the system's. */
  readonly isSecret: boolean;
  readonly allowsSymlink?: boolean | undefined;
  /** Skips owner and mode, not the kind of the file. */
  readonly allowsInsecure?: boolean | undefined;
  /** Folders of which one must contain it. */
  readonly trustedDirs?: readonly string[] | undefined;
}

/**
 * Checks a file before it is read or run.
 *
 * @returns Its path behind links.
 * @throws {AppError} `SECRET_UNRESOLVED` when it cannot be trusted.
 */
export async function checkPath(check: PathCheck): Promise<string> {
  const { path, field } = check;
  const refuse = (why: string, hint: string) => unresolved(`The ${field} "${path}" ${why}`, hint);
  if (!isAbsolute(path)) throw refuse("is not an absolute path", `Write ${field} from the root on`);
  const own = await look(path, refuse);
  if (own.isSymlink && !check.allowsSymlink) {
    throw refuse("is a symbolic link", `Name the file itself: readlink -f ${path}`);
  }
  const real = own.isSymlink ? await behindLink(path, refuse) : path;
  const info = own.isSymlink ? await look(real, refuse) : own;
  if (!info.isFile) throw refuse("is not a regular file", `ls -l ${path}`);
  const dirs = check.trustedDirs;
  if (dirs !== undefined && !dirs.some((dir) => isInside(real, dir))) {
    throw refuse("is in none of the trustedDirs", `Add ${dirname(real)} to trustedDirs`);
  }
  if (!check.allowsInsecure) assertPrivate(check, real, info, refuse);
  return real;
}

type Refuse = (why: string, hint: string) => Error;

async function look(path: string, refuse: Refuse): Promise<Deno.FileInfo> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    throw refuse(whyUnreadable(error), `ls -l ${path}`);
  }
}

async function behindLink(path: string, refuse: Refuse): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    throw refuse(`is a symbolic link that ${whyUnreadable(error)}`, `ls -l ${path}`);
  }
}

/** What a failed look at a file says about it, as the end of a sentence. */
export function whyUnreadable(error: unknown): string {
  const isMissing = error instanceof Deno.errors.NotFound;
  return isMissing ? "does not exist" : `cannot be read: ${errorMessage(error)}`;
}

function assertPrivate(
  { isSecret, field }: PathCheck,
  path: string,
  info: Deno.FileInfo,
  refuse: Refuse,
): void {
  const uid = userId();
  if (uid === undefined || info.mode === null) {
    throw refuse(
      "cannot be checked on this system, where files have no owner and mode",
      `Where only you can touch it: set allowInsecurePath beside ${field}`,
    );
  }
  const isOwn = info.uid === uid || (!isSecret && info.uid === ROOT);
  if (!isOwn) throw refuse(`belongs to user ${info.uid}`, `chown ${uid} ${path}`);
  if (isSecret && (info.mode & OTHERS_MAY_READ_OR_WRITE) !== 0) {
    throw refuse("can be read or written by other users", `chmod 600 ${path}`);
  }
  if ((info.mode & OTHERS_MAY_WRITE) !== 0) {
    throw refuse("can be written by other users", `chmod go-w ${path}`);
  }
  const folder = Deno.statSync(dirname(path));
  const folderMode = folder.mode ?? 0;
  if ((folderMode & OTHERS_MAY_WRITE) !== 0 && (folderMode & STICKY) === 0) {
    throw refuse("is in a folder that other users can write to", `chmod go-w ${dirname(path)}`);
  }
}

function isInside(path: string, dir: string): boolean {
  const way = relative(dir, path);
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}
