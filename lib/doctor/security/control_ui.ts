/**
 * The browser interface and the switches that are called dangerous.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { ConfigFacts, SecurityFinding } from "./types.ts";

const UI = "gateway.controlUi";
/** Names of switches that weaken something when they are on. */
const DANGEROUS_KEY = /^(?:dangerously[A-Z]|allowInsecure)|^allowRequestSessionKey$/;

/** Origins and device identity of browsers, and every dangerous switch that is on. */
export function controlUiFindings({ config, parsed }: ConfigFacts): SecurityFinding[] {
  const ui = config.gateway?.controlUi ?? {};
  const findings: SecurityFinding[] = [];
  if (ui.allowedOrigins?.includes("*")) {
    findings.push({
      checkId: "gateway.control_ui.allowed_origins_wildcard",
      severity: "critical",
      title: "Control UI allowed origins contains wildcard",
      detail: `${UI}.allowedOrigins includes "*": pages of every site may connect from a browser ` +
        "that can reach the gateway.",
      remediation: `openclaw config set ${UI}.allowedOrigins '["https://<your host>"]'`,
    });
  }
  if (ui.dangerouslyAllowHostHeaderOriginFallback) {
    findings.push({
      checkId: "gateway.control_ui.host_header_origin_fallback",
      severity: "critical",
      title: "DANGEROUS: Host-header origin fallback enabled",
      detail:
        `${UI}.dangerouslyAllowHostHeaderOriginFallback=true weakens the protection against ` +
        "DNS rebinding.",
      remediation: `openclaw config set ${UI}.dangerouslyAllowHostHeaderOriginFallback false`,
    });
  }
  if (ui.dangerouslyDisableDeviceAuth) {
    findings.push({
      checkId: "gateway.control_ui.device_auth_disabled",
      severity: "critical",
      title: "DANGEROUS: Control UI device auth disabled",
      detail: `${UI}.dangerouslyDisableDeviceAuth=true: any holder of the token is let in, from ` +
        "any browser.",
      remediation: `openclaw config set ${UI}.dangerouslyDisableDeviceAuth false`,
    });
  }
  if (ui.allowInsecureAuth) {
    findings.push({
      checkId: "gateway.control_ui.insecure_auth",
      severity: "warn",
      title: "Control UI insecure auth toggle enabled",
      detail: `${UI}.allowInsecureAuth=true allows to sign in without a device identity.`,
      remediation: `openclaw config set ${UI}.allowInsecureAuth false`,
    });
  }
  return [...findings, ...flagFindings(parsed)];
}

function flagFindings(parsed: unknown): SecurityFinding[] {
  const flags = [...dangerousFlags(parsed, "")];
  if (flags.length === 0) return [];
  return [{
    checkId: "config.insecure_or_dangerous_flags",
    severity: "warn",
    title: "Insecure or dangerous config flags enabled",
    detail: `Detected ${flags.length} enabled flag(s): ${
      flags.map((path) => `${path}=true`).join(", ")
    }.`,
    remediation: `openclaw config unset ${flags[0]}`,
  }];
}

function* dangerousFlags(value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* dangerousFlags(item, `${path}[${index}]`);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (item === true && DANGEROUS_KEY.test(key)) yield at;
    else yield* dangerousFlags(item, at);
  }
}
