/**
 * Whether a user's services outlive the login: without lingering systemd ends them with the last
 * session, and does not start them with the machine.
 *
 * @see loginctl(1)
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { RunCommand } from "../../platform/mod.ts";

const ASK_TIMEOUT_MS = 5000;

/** Whether lingering is on for a user; `undefined` where nobody can tell. */
export async function isLingering(
  runCommand: RunCommand,
  user: string,
): Promise<boolean | undefined> {
  try {
    const args = ["show-user", user, "--property=Linger"];
    const options = { timeoutMs: ASK_TIMEOUT_MS, env: { LC_ALL: "C" } };
    const { code, stdout, stderr } = await runCommand("loginctl", args, options);
    // A user who is not logged in and does not linger is unknown to logind.
    if (code !== 0) return /not logged in or lingering/i.test(stderr) ? false : undefined;
    const value = /^Linger=(yes|no)$/m.exec(stdout)?.[1];
    return value === undefined ? undefined : value === "yes";
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** What a person is told about a service that ends with the login. */
export function lingerWarning(user: string): string {
  return `Systemd lingering is disabled for ${user}, so the service ends when you log out and does ` +
    `not start with the machine. Run: sudo loginctl enable-linger ${user}`;
}
