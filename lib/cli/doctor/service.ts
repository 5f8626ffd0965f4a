/**
 * The service of the profile, as checks see it, and what a repair does with it.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { ServiceLook } from "../../doctor/mod.ts";
import { OptionValues } from "../parsing/option_values.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { collectServiceFacts } from "../service/facts.ts";
import { installService, planService } from "../service/install.ts";
import { findService } from "../service/installed.ts";
import { restartService, startService } from "../service/verbs.ts";
import type { CommandContext } from "../table.ts";

/** Asks the manager; `undefined` on systems that have none. */
export async function lookAtService(
  context: CommandContext,
  state: ConfigState,
): Promise<ServiceLook | undefined> {
  const facts = await collectServiceFacts(context, state);
  if (facts === undefined) return undefined;
  const { json, definition, port, logHint, hint } = facts;
  const { manager, names } = await findService(context, state);
  const { runtime } = json;
  const isInstalled = definition !== undefined;
  const sources = Object.entries(definition?.environmentSources ?? {});
  return {
    label: json.label,
    isLoaded: json.loaded,
    state: json.state,
    definitionPath: manager.definitionPath,
    isInstalled,
    isUnsupervised: "missingSupervision" in runtime,
    ...(runtime.detail === undefined ? {} : { detail: runtime.detail }),
    ...(runtime.lastExitStatus === undefined ? {} : { lastExitStatus: runtime.lastExitStatus }),
    ...(port === undefined ? {} : { port }),
    issues: json.configAudit.issues,
    inlineVariables: sources.filter(([, source]) => source !== "file").map(([name]) => name),
    logHint,
    ...(json.error === undefined ? {} : { error: json.error }),
    ...(hint === undefined ? {} : { hint }),
    ...(isInstalled ? await writtenFiles(context, state, manager.definitionPath) : {}),
    ...(manager.kind === "systemd" ? { unit: names.systemdUnit } : {}),
    isOfSystem: manager.label === "systemd system",
  };
}

/** What a reinstallation would write; nothing where this program cannot be a service. */
async function writtenFiles(
  context: CommandContext,
  { paths }: ConfigState,
  definitionPath: string,
): Promise<{ files?: readonly string[] }> {
  try {
    const { files } = await planService(context, () => {});
    const written = files.map(({ path }) => path);
    return { files: [...new Set([...written, `${definitionPath}.bak`, paths.configPath])] };
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
}

/** Drives the service as its own commands do. */
export async function driveService(
  context: CommandContext,
  verb: "install" | "start" | "restart",
): Promise<readonly string[]> {
  const options = new OptionValues(new Map([["force", true]]));
  const run = { install: installService, start: startService, restart: restartService }[verb];
  const { lines, warnings = [] } = await run({ ...context, options }, () => {});
  return [...lines, ...warnings];
}
