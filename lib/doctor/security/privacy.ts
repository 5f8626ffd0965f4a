/**
 * What leaks by itself: logs, announcements in the network, plugins that nobody has allowed.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { configStep } from "../repair/steps.ts";
import type { ConfigFacts, SecurityFinding } from "./types.ts";

/** Redaction, discovery, plugins from elsewhere. */
export function privacyFindings({ config }: ConfigFacts): SecurityFinding[] {
  const findings: SecurityFinding[] = [];
  if (config.logging?.redactSensitive === "off") {
    const path = "logging.redactSensitive";
    findings.push({
      checkId: "logging.redact_off",
      severity: "warn",
      title: "Tool summary redaction is disabled",
      detail: `${path}="off" can leak secrets into logs and status output.`,
      remediation: `openclaw config set ${path} tools`,
      repair: [{ ...configStep(`set ${path} to tools`, [[path, "tools"]]), isSafe: true }],
    });
  }
  const mdns = config.discovery?.mdns as { mode?: unknown } | undefined;
  if (mdns?.mode === "full") {
    const path = "discovery.mdns.mode";
    findings.push({
      checkId: "discovery.mdns_full_mode",
      severity: "warn",
      title: "mDNS full mode can leak host metadata",
      detail:
        `${path}="full" tells everybody in the local network where the program is and which ` +
        "port SSH has.",
      remediation: `openclaw config set ${path} minimal`,
      repair: [configStep(`set ${path} to minimal`, [[path, "minimal"]])],
    });
  }
  return [...findings, ...pluginFindings(config)];
}

function pluginFindings(config: ConfigFacts["config"]): SecurityFinding[] {
  const plugins: unknown = config.plugins;
  if (!isObject(plugins) || plugins.enabled === false) return [];
  const load = isObject(plugins.load) ? plugins.load : {};
  const paths = Array.isArray(load.paths) ? load.paths.map(String) : [];
  const hasList = Array.isArray(plugins.allow) && plugins.allow.length > 0;
  if (paths.length === 0 || hasList) return [];
  return [{
    checkId: "plugins.extensions_no_allowlist",
    severity: "warn",
    title: "Plugins are loaded without an allowlist",
    detail:
      `plugins.load.paths names ${paths.join(", ")} and plugins.allow is empty: whatever is ` +
      "put there has the rights of the gateway.",
    remediation: "openclaw config set plugins.allow '[\"<plugin>\"]'",
  }];
}
