/**
 * The surroundings of a service of the system: an account of its own, and its home.
 *
 * @module
 */
import { AppError, layerEnv } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";

const ACCOUNT_HOME = "/var/lib/openclaw";

/** The context of a command, with `--system` as the service's own account would see things. */
export function inServiceScope(context: CommandContext): CommandContext {
  if (!context.options.flag("system")) return context;
  if (context.host.os !== "linux") {
    throw new AppError("NOT_SUPPORTED", "Cannot install a service of the system: Linux only", {
      hint: "openclaw gateway install",
    });
  }
  const profile = context.profile === undefined ? "" : `-${context.profile}`;
  const home = `${ACCOUNT_HOME}${profile}`;
  const own = { HOME: home, OPENCLAW_HOME: "", OPENCLAW_STATE_DIR: "", OPENCLAW_CONFIG_PATH: "" };
  return { ...context, env: layerEnv(own, context.env) };
}

/**
 * Refuses a program that the account of a service of the system could not reach.
 *
 * @throws {AppError} `SERVICE_PROGRAM_INVALID`
 */
export function assertReachable(path: string): void {
  const folder = ["/home/", "/root/", "/run/user/"].find((closed) => path.startsWith(closed));
  if (folder === undefined) return;
  throw new AppError(
    "SERVICE_PROGRAM_INVALID",
    `Cannot start "${path}" as a service of the system: what is below ${folder} is closed to it`,
    {
      hint: `sudo install -m 755 ${path} /usr/local/bin/openclaw\n` +
        "sudo /usr/local/bin/openclaw gateway install --system",
    },
  );
}
