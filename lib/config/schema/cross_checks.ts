/**
 * Rules that span several fields; they are looked at once every field alone is right.
 *
 * @module
 */
import type { JsonObject } from "../../base/mod.ts";
import { normalizeAgentId } from "../resolve/agents.ts";
import type { ConfigIssue, OpenClawConfig } from "../types.ts";

/** The violations of rules between fields. */
export function crossChecks(checked: JsonObject): ConfigIssue[] {
  const config = checked as OpenClawConfig;
  return [...duplicateAgents(config), ...sharedAgentDirs(config), ...tailscaleRules(config)];
}

function duplicateAgents(config: OpenClawConfig): ConfigIssue[] {
  return repeats(
    (config.agents?.list ?? []).map((agent) => normalizeAgentId(agent.id)),
    (index, first, id) => ({
      path: `agents.list[${index}].id`,
      message: `agent id "${id}" is already used by agents.list[${first}]`,
    }),
  );
}

function sharedAgentDirs(config: OpenClawConfig): ConfigIssue[] {
  return repeats(
    (config.agents?.list ?? []).map((agent) => agent.agentDir?.replace(/[\\/]+$/, "")),
    (index, first, dir) => ({
      path: `agents.list[${index}].agentDir`,
      message: `"${dir}" is already the agentDir of agents.list[${first}]`,
    }),
  );
}

/** One issue for every value that an earlier position has as well. */
function repeats(
  values: readonly (string | undefined)[],
  report: (index: number, first: number, value: string) => ConfigIssue,
): ConfigIssue[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return value === undefined || first === index ? [] : [report(index, first, value)];
  });
}

function tailscaleRules({ gateway }: OpenClawConfig): ConfigIssue[] {
  const mode = gateway?.tailscale?.mode ?? "off";
  if (mode === "off") return [];
  const issues: ConfigIssue[] = [];
  if (!["loopback", "auto", undefined].includes(gateway?.bind)) {
    issues.push({
      path: "gateway.bind",
      message: `must be "loopback" while gateway.tailscale.mode is "${mode}"`,
    });
  }
  if (mode === "funnel" && gateway?.auth?.mode !== "password") {
    issues.push({
      path: "gateway.auth.mode",
      message: 'must be "password" while gateway.tailscale.mode is "funnel"',
    });
  }
  return issues;
}
