/**
 * The config as the commands see it, and what an invalid one means to them.
 *
 * @module
 */
import type { ConfigIssue, ConfigPaths, ConfigSnapshot } from "../../config/mod.ts";
import { ReportedFailure } from "../errors.ts";
import type { CommandContext } from "../table.ts";

/** Where everything is, and what the config file says. */
export interface ConfigState {
  readonly paths: ConfigPaths;
  readonly snapshot: ConfigSnapshot;
}

/**
 * How much of the config a command needs.
 *
 * - `address`: only where the gateway is; the schema is not loaded, which saves start time, and a
 *   file that cannot be parsed is told and passed over.
 * - `warn`: problems are told, the command goes on with the config that was last accepted.
 * - `stop`: problems end the command.
 * - `ignore`: the command shows the problems itself.
 */
export type ConfigNeed = "address" | "warn" | "stop" | "ignore";

/** Reads the config file; the problems of an invalid one are shown as `need` says. */
export async function readConfigState(
  context: CommandContext,
  need: ConfigNeed,
): Promise<ConfigState> {
  const { loadConfig, resolvePaths } = await import("../../config/mod.ts");
  const paths = resolvePaths(context.env);
  const snapshot = await loadConfig({ env: context.env, paths, validate: need !== "address" });
  if (!snapshot.valid && need !== "ignore") {
    showConfigProblems(context, snapshot);
    if (need === "stop") throw new ReportedFailure(1);
    return await asServed(context, { paths, snapshot });
  }
  return { paths, snapshot };
}

/**
 * The state with the values that a gateway of this machine serves: those of the config that was last
 * accepted, where the file is invalid. What is said of the file stays.
 */
export async function asServed(context: CommandContext, state: ConfigState): Promise<ConfigState> {
  const { paths, snapshot } = state;
  if (snapshot.valid) return state;
  const { loadLastGood } = await import("../../config/mod.ts");
  const accepted = await loadLastGood({ env: context.env, paths });
  if (accepted === undefined) return state;
  const { config, parsed, env } = accepted;
  return { paths, snapshot: { ...snapshot, config, parsed, env } };
}

function showConfigProblems({ out, options, say }: CommandContext, snapshot: ConfigSnapshot): void {
  if (options.flag("json")) {
    const { path, issues } = snapshot;
    out.jsonNote({ type: "warning", code: "CONFIG_INVALID", path, issues });
    return;
  }
  out.note(out.paint("OpenClaw config is invalid", "bad"));
  out.note(`File: ${snapshot.path}`);
  out.note("Problem:");
  for (const line of issueLines(snapshot.issues)) out.note(line);
  out.note(`Fix: ${say("doctor --fix")}`);
  out.note(`Inspect: ${say("config validate")}`);
}

/** One line per problem, as `config validate` prints them. */
export function issueLines(issues: readonly ConfigIssue[]): string[] {
  return issues.map(({ path, message }) => `  × ${path === "" ? "" : `${path}: `}${message}`);
}
