/**
 * A file that only its user may read: Windows has no permission bits, so `icacls` sets the list.
 *
 * @see Microsoft, icacls
 * @module
 */
import { AppError, type Env, errorMessage } from "../../base/mod.ts";
import { removeIfThere, type RunCommand, writeFileAtomic } from "../../platform/mod.ts";
import type { ServiceCommandLine } from "../types.ts";

/** Whoever owns the file, where the user has no name. */
const OWNER_RIGHTS = "*S-1-3-4";

/** The account of this process, such as `OFFICE\ann`. */
export function accountName(env: Env): string | undefined {
  const name = env.get("USERNAME")?.trim();
  const domain = env.get("USERDOMAIN")?.trim();
  if (!name) return undefined;
  return domain ? `${domain}\\${name}` : name;
}

/** The command that leaves a file to its user alone, and drops what its folder grants. */
export function privacyCommand(path: string, env: Env): ServiceCommandLine {
  return ["icacls", path, "/inheritance:r", "/grant:r", `${accountName(env) ?? OWNER_RIGHTS}:F`];
}

/**
 * Replaces a file with private values; they are written only once nobody else may read it.
 *
 * @throws {AppError} `SERVICE_INSTALL_FAILED` when the file cannot be made private.
 */
export async function writePrivateFile(
  path: string,
  text: string,
  { run, env }: { run: RunCommand; env: Env },
): Promise<void> {
  const fresh = `${path}.new`;
  await writeFileAtomic(fresh, "");
  const [command, ...args] = privacyCommand(fresh, env);
  try {
    const { code, stderr, stdout } = await run(command, args);
    if (code !== 0) throw new Error(stderr.trim() || stdout.trim() || `exit status ${code}`);
    await Deno.writeTextFile(fresh, text);
    await Deno.rename(fresh, path);
  } catch (error) {
    await removeIfThere(fresh);
    throw new AppError(
      "SERVICE_INSTALL_FAILED",
      `Cannot keep "${path}" from other users: ${errorMessage(error)}`,
      {
        hint:
          "Put the values into the .env file of the state folder instead, unset them here, then " +
          "run: openclaw gateway install --force",
        details: { kind: "generic" },
        cause: error,
      },
    );
  }
}
