/**
 * The development profile of this checkout.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";

/** The checkout. */
export const ROOT = fromFileUrl(new URL("../..", import.meta.url));
/** Home and state of the development profile. */
export const DEV_STATE_DIR = join(ROOT, ".cache", "dev");
/** The port of the development gateway. */
export const DEV_PORT = 19001;

/** A command of the program, run from source in the development profile, on this terminal. */
export async function devCommand(args: readonly string[]): Promise<Deno.Command> {
  await Deno.mkdir(DEV_STATE_DIR, { recursive: true, mode: 0o700 });
  const run = ["run", "-A", "--no-check", "--config", join(ROOT, "deno.json")];
  return new Deno.Command(Deno.execPath(), {
    args: [...run, join(ROOT, "main.ts"), ...args],
    env: {
      OPENCLAW_HOME: DEV_STATE_DIR,
      OPENCLAW_STATE_DIR: DEV_STATE_DIR,
      OPENCLAW_GATEWAY_PORT: String(DEV_PORT),
    },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
}
