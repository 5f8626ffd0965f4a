/**
 * The surroundings of a service of the system: an account of its own, and its home.
 *
 * @module
 */
import { AppError, layerEnv } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";

const ACCOUNT_HOME = "/var/lib/openclaw";
const ACCOUNT_LOGS = "/var/log/openclaw";
/** Verbs that take `--system` and need root for it, and the one that only looks. */
const SERVICE_VERB = /^gateway (?:install|uninstall|start|stop|restart)\b/;
const SERVICE_LOOK = /^gateway status\b/;
const COMMAND_IN_LINE = /(?:sudo )?\bopenclaw ((?:--profile \S+ |--dev )?)([a-z][^\n"'`,;)]*)/g;

/** The context of a command, with `--system` as the service's own account would see things. */
export function inServiceScope(context: CommandContext): CommandContext {
  if (!context.options.flag("system")) return context;
  if (context.host.os !== "linux") {
    throw new AppError("NOT_SUPPORTED", "Cannot install a service of the system: Linux only", {
      hint: "openclaw gateway install",
    });
  }
  const profile = context.profile === undefined ? "" : `-${context.profile}`;
  const home = accountHome(context.profile);
  const own = {
    HOME: home,
    OPENCLAW_HOME: "",
    OPENCLAW_STATE_DIR: "",
    OPENCLAW_CONFIG_PATH: "",
    LOGS_DIRECTORY: `${ACCOUNT_LOGS}${profile}`,
  };
  return {
    ...context,
    env: layerEnv(own, context.env),
    say: (command) => forSystem(context.say(command), home),
  };
}

/**
 * The commands of a text as they are typed for the service of the system; others of ours are pointed
 * at the home of its account.
 */
export function forSystem(text: string, home: string): string {
  return text.replace(COMMAND_IN_LINE, (whole, profile: string, rest: string) => {
    const command = rest.trimEnd();
    const after = rest.slice(command.length);
    if (/(?:^|\s)--system\b/.test(command)) return whole;
    if (SERVICE_VERB.test(command)) return `sudo openclaw ${profile}${command} --system${after}`;
    if (SERVICE_LOOK.test(command)) return `openclaw ${profile}${command} --system${after}`;
    return `sudo env OPENCLAW_HOME=${home} openclaw ${profile}${rest}`;
  });
}

/** What a verb failed with, with hints that lead to the service it was about. */
export function failureInScope(context: CommandContext, error: unknown): unknown {
  const isSystem = context.options.flag("system") && context.host.os === "linux";
  if (!isSystem || !(error instanceof AppError) || error.hint === undefined) return error;
  const { code, message, details, retryable } = error;
  return new AppError(code, message, {
    hint: forSystem(error.hint, accountHome(context.profile)),
    ...(details === undefined ? {} : { details }),
    retryable,
    cause: error.cause,
  });
}

function accountHome(profile: string | undefined): string {
  return `${ACCOUNT_HOME}${profile === undefined ? "" : `-${profile}`}`;
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
