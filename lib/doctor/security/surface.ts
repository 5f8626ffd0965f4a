/**
 * What there is to attack, in a few lines.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { openPolicies } from "./channels.ts";
import type { ConfigFacts, SecurityFinding } from "./types.ts";

/** The summary that every audit begins with. */
export function surfaceFinding(facts: ConfigFacts): SecurityFinding {
  const { channels = {}, tools, hooks, gateway } = facts.config;
  const open = openPolicies(facts).filter((path) => path.endsWith(".groupPolicy")).length;
  const listed =
    Object.values(channels).filter((settings) =>
      isObject(settings) && settings.groupPolicy === "allowlist"
    ).length;
  const state = (isOn: boolean) => isOn ? "enabled" : "disabled";
  const internal = isObject(hooks?.internal) && hooks.internal.enabled === true;
  return {
    checkId: "summary.attack_surface",
    severity: "info",
    title: "Attack surface summary",
    detail: [
      `gateway.bind: ${gateway?.bind ?? "not set"}`,
      `groups: open=${open}, allowlist=${listed}`,
      `tools.elevated: ${state(tools?.elevated?.enabled !== false)}`,
      `hooks.webhooks: ${state(hooks?.enabled === true)}`,
      `hooks.internal: ${state(internal)}`,
      "trust model: personal assistant (one trusted operator), not several tenants who distrust " +
      "each other",
    ].join("\n"),
  };
}
