/**
 * What of the configuration no tool may change: how commands are approved.
 *
 * @module
 */
import { AppError, isObject, type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { type ConfigSnapshot, evaluateConfig, patchedText } from "../../config/mod.ts";
import { readFile } from "../methods/config/read.ts";
import type { GatewayState } from "../state.ts";

/** Keys of `tools.exec` that decide which commands run without a person. */
const APPROVAL_KEYS = [
  ...["ask", "security", "mode", "strictInlineEval"],
  ...["safeBins", "safeBinTrustedDirs", "safeBinProfiles"],
];

/**
 * Looks at what the configuration would be after a change.
 *
 * @returns Hash of the file it was looked at with.
 * @throws {AppError} `TOOL_FORBIDDEN`, `CONFIG_CHANGED`, `TOOL_INPUT_INVALID`
 */
export async function guardConfigChange(
  state: GatewayState,
  kind: "config.apply" | "config.patch",
  raw: string,
  baseHash: string | undefined,
): Promise<string | undefined> {
  const current = await readFile(state);
  if (baseHash !== undefined && current.exists && baseHash !== current.hash) {
    throw new AppError("CONFIG_CHANGED", "config changed since last load; re-run config.get", {
      hint: "openclaw gateway call config.get",
      retryable: true,
    });
  }
  const text = kind === "config.apply" ? raw : await patched(current, raw);
  const { paths, config } = state;
  const next = await evaluateConfig({ env: config().processEnv, paths, raw: text });
  const [before, after] = [current, next].map(({ config }) => approvalSettings(config));
  const changed = [...new Set([...Object.keys(before!), ...Object.keys(after!)])]
    .find((path) => JSON.stringify(before![path]) !== JSON.stringify(after![path]));
  if (changed === undefined) return current.exists ? current.hash : undefined;
  throw new AppError(
    "TOOL_FORBIDDEN",
    `gateway ${kind} cannot change protected config: ${changed}`,
    {
      hint: `openclaw config set ${changed} <value>`,
      details: { path: changed },
    },
  );
}

async function patched(current: ConfigSnapshot, raw: string): Promise<string> {
  const patch = await parsed(raw);
  if (isObject(patch)) return await patchedText(current, patch, "by-id");
  throw new AppError("TOOL_INPUT_INVALID", "raw must be a JSON object", {
    hint: "openclaw gateway call config.get",
  });
}

async function parsed(raw: string): Promise<unknown> {
  const value = parseJsonOrUndefined(raw);
  if (value !== undefined) return value;
  try {
    return (await import("json5")).default.parse(raw);
  } catch (error) {
    throw new AppError("TOOL_INPUT_INVALID", "raw is not JSON5", {
      hint: "openclaw gateway call config.get",
      cause: error,
    });
  }
}

/** The protected settings by path: those of all agents and of each one. */
function approvalSettings(config: object): Record<string, unknown> {
  const { tools, agents } = config as JsonObject;
  const { defaults, list } = isObject(agents) ? agents : {};
  const settings: Record<string, unknown> = {};
  collect(settings, "tools", tools);
  if (isObject(defaults)) collect(settings, "agents.defaults.tools", defaults.tools);
  for (const [index, agent] of (Array.isArray(list) ? list : []).entries()) {
    if (!isObject(agent)) continue;
    collect(settings, `agents.list.${agent.id ?? index}.tools`, agent.tools);
  }
  return settings;
}

function collect(settings: Record<string, unknown>, path: string, tools: unknown): void {
  if (!isObject(tools)) return;
  if (tools.elevated !== undefined) settings[`${path}.elevated`] = tools.elevated;
  const exec = isObject(tools.exec) ? tools.exec : {};
  for (const key of APPROVAL_KEYS) {
    if (exec[key] !== undefined) settings[`${path}.exec.${key}`] = exec[key];
  }
}
