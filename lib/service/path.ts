/**
 * The search path of a service: short, absolute, and the same whoever installs it.
 *
 * @module
 */
import type { OsName } from "../platform/mod.ts";

const SYSTEM_FOLDERS: Readonly<Record<"darwin" | "linux", readonly string[]>> = {
  darwin: [
    "/opt/homebrew/bin",
    "/opt/homebrew/sbin",
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/usr/sbin",
    "/sbin",
  ],
  linux: ["/usr/local/bin", "/usr/bin", "/bin"],
};

/** Folders of a user's own programs; tools and secret providers are often there. */
const LINUX_USER_FOLDERS: readonly string[] = [".local/bin", "bin"];

/**
 * The folders that programs of a service are looked up in, joined with `:`.
 *
 * @param ownFolder Folder of the installed program, absolute; comes first.
 */
export function servicePath(os: OsName, ownFolder: string, home: string): string {
  const user = os === "linux" ? LINUX_USER_FOLDERS.map((folder) => `${home}/${folder}`) : [];
  const folders = [ownFolder, ...user, ...requiredFolders(os)];
  return [...new Set(folders)].join(":");
}

/** The folders that a service cannot do without. */
export function requiredFolders(os: OsName): readonly string[] {
  return os === "windows" ? [] : SYSTEM_FOLDERS[os];
}
