/**
 * One run of the program: root flags, command, context, failure.
 *
 * @module
 */
import { type Env, layerEnv } from "../base/mod.ts";
import { COMMANDS } from "./commands.ts";
import type { CliHost } from "./host.ts";
import { Output } from "./output.ts";
import { profileFlag, withProfile } from "./profile_hint.ts";
import { parseRootFlags, type RootParse } from "./parsing/root_flags.ts";
import type { CommandContext, CommandSpec, RootFlags } from "./table.ts";

/** Runs one command line; answers with the exit code. */
export async function runCommandLine(
  args: readonly string[],
  host: CliHost,
  table: readonly CommandSpec[] = COMMANDS,
): Promise<number> {
  let root: RootParse | undefined;
  try {
    root = parseRootFlags(args);
    return await runParsed(root, host, table);
  } catch (error) {
    const { reportError } = await import("./errors.ts");
    return await reportError(error, {
      out: new Output(host, root?.flags.noColor),
      env: host.env,
      json: asksForJson(args),
      profile: root === undefined ? "" : profileFlag(root.flags, host.env),
    });
  }
}

async function runParsed(
  root: RootParse,
  host: CliHost,
  table: readonly CommandSpec[],
): Promise<number> {
  const out = new Output(host, root.flags.noColor);
  if (root.wantsVersion) {
    const { versionLine } = await import("./help.ts");
    out.line(versionLine());
    return 0;
  }
  const { parseInvocation } = await import("./parsing/parse.ts");
  const { spec, wantsHelp, options, args: commandArgs } = parseInvocation(
    spokenOtherwise(root.rest),
    table,
  );
  if (wantsHelp || spec.load === undefined) {
    const { printHelp } = await import("./help.ts");
    printHelp(spec, table, out, host.env);
    return 0;
  }
  const { env, profile } = await resolveEnvironment(root.flags, host);
  const flag = profileFlag(root.flags, env);
  const context: CommandContext = {
    spec,
    table,
    args: commandArgs,
    options,
    root: root.flags,
    profile,
    host,
    env,
    clock: host.clock,
    out,
    say: (command) => withProfile(`openclaw ${command}`, flag),
  };
  const module = await spec.load();
  return await module.run(context);
}

/** `help gateway run` means `gateway run --help`, and `--update` the command of that name. */
function spokenOtherwise(rest: readonly string[]): readonly string[] {
  if (rest[0] === "--update") return ["update", ...rest.slice(1)];
  return rest[0] === "help" ? [...rest.slice(1), "--help"] : rest;
}

/** The environment of the commands: what the root flags say lies over what the process has. */
async function resolveEnvironment(
  flags: RootFlags,
  { env }: CliHost,
): Promise<{ env: Env; profile: string | undefined }> {
  const over: Record<string, string> = {};
  if (flags.noColor) {
    over.NO_COLOR = "1";
    over.FORCE_COLOR = "0";
  }
  if (flags.logLevel !== undefined) over.OPENCLAW_LOG_LEVEL = flags.logLevel;
  const layered = Object.keys(over).length === 0 ? env : layerEnv(over, env);
  const hasProfile = flags.isDev || flags.profile !== undefined ||
    (env.get("OPENCLAW_PROFILE") ?? "").trim() !== "";
  if (!hasProfile) return { env: layered, profile: undefined };
  const { resolveProfile } = await import("../config/mod.ts");
  return resolveProfile({
    env: layered,
    devFlag: flags.isDev,
    ...(flags.profile === undefined ? {} : { profileFlag: flags.profile }),
  });
}

function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes("--json");
}
