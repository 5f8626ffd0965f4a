/**
 * Which models may be used, and by which other names.
 *
 * @module
 */
import type { OpenClawConfig } from "../types.ts";
import type { AgentModels, ResolvedAgent } from "./agents.ts";

/** What an agent may and does call. */
export interface ModelSelection {
  /** Absent when no model is configured. */
  readonly model?: AgentModels;
  /** Other names, alias → `provider/model`; aliases are in lower case. */
  readonly aliases: Readonly<Record<string, string>>;
  /** `provider/model` or `provider/*`; absent when every model may be used. */
  readonly allowlist?: readonly string[];
}

/** The models of one agent; the common ones without an agent. */
export function resolveModelSelection(
  config: OpenClawConfig,
  agent?: Pick<ResolvedAgent, "model" | "models">,
): ModelSelection {
  const models = agent?.models ?? config.agents?.defaults?.models;
  const common = config.agents?.defaults?.model;
  const primary = typeof common === "string" ? common : common?.primary;
  const fallbacks = typeof common === "string" ? [] : common?.fallbacks ?? [];
  const model = agent?.model ?? (primary ? { primary, fallbacks } : undefined);
  const aliases = Object.entries(models ?? {}).flatMap(([name, entry]) => {
    const alias = entry.alias?.trim().toLowerCase();
    return alias ? [[alias, name] as const] : [];
  });
  return {
    ...(model ? { model } : {}),
    aliases: Object.fromEntries(aliases),
    ...(models ? { allowlist: Object.keys(models) } : {}),
  };
}
