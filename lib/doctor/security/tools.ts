/**
 * What agents, nodes and HTTP callers may do on machines.
 *
 * @module
 */
import { isWide } from "./exposure.ts";
import type { ConfigFacts, SecurityFinding } from "./types.ts";

/** Tools that HTTP callers must not have without a decision. */
const DANGEROUS_TOOLS: ReadonlySet<string> = new Set([
  ...["exec", "process", "shell", "spawn", "apply_patch", "write", "edit", "gateway", "cron"],
  ...["nodes", "sessions_spawn", "sessions_send", "whatsapp_login", "group:runtime", "*"],
]);
/** What shows or sends things of the owner of a node. */
const DANGEROUS_COMMANDS =
  /^(?:camera|screen|contacts|calendar|reminders|sms|photos|file|location|notifications)\.|^system\.run|^\*$/;

/** Exec, elevated tools, tools over HTTP, commands and pairing of nodes. */
export function toolsFindings(facts: ConfigFacts, openChannels: readonly string[]) {
  return [
    ...execFindings(facts, openChannels),
    ...elevatedFindings(facts),
    ...httpFindings(facts),
    ...nodeFindings(facts),
  ];
}

function execFindings(
  { config }: ConfigFacts,
  openChannels: readonly string[],
): SecurityFinding[] {
  const scopes = fullScopes(config);
  const isExposed = openChannels.length > 0;
  const findings: SecurityFinding[] = [];
  if (scopes.length > 0) {
    findings.push({
      checkId: "tools.exec.security_full_configured",
      severity: isExposed ? "critical" : "warn",
      title: "Exec security=full is configured",
      detail: [
        `Full exec trust is enabled for: ${scopes.join(", ")}.`,
        ...(isExposed
          ? ["Open channel access was also detected at:", ...bullets(openChannels)]
          : []),
      ].join("\n"),
      remediation: "openclaw config set tools.exec.security allowlist",
    });
  }
  if (isExposed && config.tools?.exec?.security !== "deny") {
    const { security = "full", ask = "off" } = config.tools?.exec ?? {};
    findings.push({
      checkId: "security.exposure.open_channels_with_exec",
      severity: "critical",
      title: "Open channels can reach exec-enabled agents",
      detail: [
        "Open DM/group access detected at:",
        ...bullets(openChannels),
        `Commands run with security=${security}, ask=${ask}.`,
      ].join("\n"),
      remediation: "openclaw config set tools.exec.ask always, or close these channels",
    });
  }
  if (config.tools?.exec?.ask === "off" && config.tools.exec.security === "full") {
    findings.push({
      checkId: "tools.exec.ask_off",
      severity: "warn",
      title: "Nobody is asked before commands run",
      detail: "tools.exec.ask is off and tools.exec.security is full.",
      remediation: "openclaw config set tools.exec.ask on-miss",
    });
  }
  return findings;
}

function fullScopes(config: ConfigFacts["config"]): string[] {
  const common = config.tools?.exec?.security === "full" ? ["every agent"] : [];
  const own = (config.agents?.list ?? []).filter((agent) => {
    const tools = agent.tools as { exec?: { security?: unknown } } | undefined;
    return tools?.exec?.security === "full";
  });
  return [...common, ...own.map(({ id }) => id)];
}

function elevatedFindings({ config }: ConfigFacts): SecurityFinding[] {
  const { enabled, allowFrom = {} } = config.tools?.elevated ?? {};
  if (enabled === false) return [];
  return Object.entries(allowFrom).flatMap(([channel, senders]): SecurityFinding[] =>
    !Array.isArray(senders) || !senders.map(String).includes("*") ? [] : [{
      checkId: `tools.elevated.allowFrom.${channel}.wildcard`,
      severity: "critical",
      title: "Elevated exec allowlist contains wildcard",
      detail:
        `tools.elevated.allowFrom.${channel} includes "*": everyone on that channel may run ` +
        "programs outside of the sandbox.",
      remediation: `openclaw config set tools.elevated.allowFrom.${channel} '["<sender>"]'`,
    }]
  );
}

function httpFindings({ config }: ConfigFacts): SecurityFinding[] {
  const allowed = (config.gateway?.tools?.allow ?? []).filter((name) => DANGEROUS_TOOLS.has(name));
  if (allowed.length === 0) return [];
  return [{
    checkId: "gateway.tools_invoke_http.dangerous_allow",
    severity: "critical",
    title: "Gateway HTTP /tools/invoke re-enables dangerous tools",
    detail:
      `gateway.tools.allow includes ${allowed.join(", ")}: holders of the credential may run ` +
      "them over HTTP.",
    remediation: "openclaw config unset gateway.tools.allow",
  }];
}

function nodeFindings({ config }: ConfigFacts): SecurityFinding[] {
  const { allowCommands = [], pairing } = config.gateway?.nodes ?? {};
  const commands = allowCommands.filter((name) => DANGEROUS_COMMANDS.test(name));
  const networks = pairing?.autoApproveCidrs ?? [];
  const findings: SecurityFinding[] = [];
  if (commands.length > 0) {
    findings.push({
      checkId: "gateway.nodes.allow_commands_dangerous",
      severity: "critical",
      title: "Dangerous node commands explicitly enabled",
      detail:
        `gateway.nodes.allowCommands includes: ${commands.join(", ")}. They see or send what ` +
        "belongs to the owner of the node.",
      remediation: "openclaw config unset gateway.nodes.allowCommands",
    });
  }
  if (networks.length > 0) {
    findings.push({
      checkId: "gateway.nodes.auto_approve_cidrs",
      severity: networks.some(isWide) ? "critical" : "warn",
      title: "Nodes are paired without asking",
      detail: `gateway.nodes.pairing.autoApproveCidrs includes ${networks.join(", ")}: every ` +
        "machine there can become a node.",
      remediation: "openclaw config unset gateway.nodes.pairing.autoApproveCidrs",
    });
  }
  return findings;
}

function bullets(lines: readonly string[]): string[] {
  return lines.map((line) => `- ${line}`);
}
