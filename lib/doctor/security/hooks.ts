/**
 * Webhooks: what a caller who knows their token may do.
 *
 * @module
 */
import { isSecretReference } from "../../config/mod.ts";
import type { ConfigFacts, SecurityFinding } from "./types.ts";

const MIN_TOKEN_CHARS = 24;

/** Only where webhooks are served. */
export function hooksFindings({ config }: ConfigFacts): SecurityFinding[] {
  const { hooks } = config;
  if (hooks?.enabled !== true) return [];
  return [...tokenFindings(config), ...reachFindings(config)];
}

function tokenFindings({ hooks, gateway }: ConfigFacts["config"]): SecurityFinding[] {
  const token = hooks?.token?.trim() ?? "";
  if (token === "") return [];
  const findings: SecurityFinding[] = [];
  if (token.length < MIN_TOKEN_CHARS) {
    findings.push({
      checkId: "hooks.token_too_short",
      severity: "warn",
      title: "Hooks token looks short",
      detail: `hooks.token is ${token.length} chars; prefer a long random token.`,
      remediation: 'openclaw config set hooks.token "$(openssl rand -hex 24)"',
    });
  }
  const own = gateway?.auth?.token;
  if (typeof own === "string" && own.trim() === token) {
    findings.push({
      checkId: "hooks.token_reuse_gateway_token",
      severity: "critical",
      title: "Hooks token reuses the Gateway token",
      detail:
        "hooks.token matches gateway.auth.token: who may send a webhook would own the gateway.",
      remediation: 'openclaw config set hooks.token "$(openssl rand -hex 24)"',
    });
  }
  if (!isSecretReference(hooks?.token)) {
    findings.push({
      checkId: "config.secrets.hooks_token_in_config",
      severity: "info",
      title: "Hooks token is stored in config",
      detail:
        "hooks.token is set in the config file; keep its mode tight and treat it as a secret.",
    });
  }
  return findings;
}

function reachFindings({ hooks = {} }: ConfigFacts["config"]): SecurityFinding[] {
  const findings: SecurityFinding[] = [];
  if (hooks.defaultSessionKey === undefined) {
    findings.push({
      checkId: "hooks.default_session_key_unset",
      severity: "warn",
      title: "hooks.defaultSessionKey is not configured",
      detail: "Webhooks that name no session get one of their own each time.",
      remediation: "openclaw config set hooks.defaultSessionKey hook:ingress",
    });
  }
  if (hooks.allowedAgentIds === undefined || hooks.allowedAgentIds.includes("*")) {
    findings.push({
      checkId: "hooks.allowed_agent_ids_unrestricted",
      severity: "warn",
      title: "Hook agent routing allows any configured agent",
      detail: "hooks.allowedAgentIds is unset or includes *: a caller may choose any agent.",
      remediation: "openclaw config set hooks.allowedAgentIds '[\"main\"]'",
    });
  }
  if (hooks.allowRequestSessionKey === true) {
    const isLimited = (hooks.allowedSessionKeyPrefixes ?? []).length > 0;
    findings.push({
      checkId: "hooks.request_session_key_enabled",
      severity: isLimited ? "warn" : "critical",
      title: "External hook payloads may override sessionKey",
      detail: "hooks.allowRequestSessionKey=true lets a caller choose the session" +
        (isLimited ? " among those with an allowed start." : ", any session."),
      remediation: isLimited
        ? "openclaw config set hooks.allowRequestSessionKey false"
        : "openclaw config set hooks.allowedSessionKeyPrefixes '[\"hook:\"]'",
    });
  }
  return findings;
}
