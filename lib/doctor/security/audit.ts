/**
 * The security audit: what makes an attack easier, worst first. Changes nothing.
 *
 * @module
 */
import type { ConfigSnapshot } from "../../config/mod.ts";
import type { DoctorFacts, GatewayLook } from "../types.ts";
import { channelFindings, openPolicies } from "./channels.ts";
import { controlUiFindings } from "./control_ui.ts";
import { exposureFindings } from "./exposure.ts";
import { fileFindings } from "./files.ts";
import { hooksFindings } from "./hooks.ts";
import { privacyFindings } from "./privacy.ts";
import { serviceFindings } from "./service_secrets.ts";
import { surfaceFinding } from "./surface.ts";
import { toolsFindings } from "./tools.ts";
import {
  type ConfigFacts,
  type Level,
  LEVELS,
  type SecurityFinding,
  type SecurityReport,
} from "./types.ts";

/** Everything: the config, the files, the service, and with `deep` the running gateway. */
export async function auditSecurity(facts: DoctorFacts): Promise<SecurityReport> {
  const { isContainer, clock } = facts;
  const { config, parsed, env } = facts.served;
  const [files, service, deep] = await Promise.all([
    fileFindings(facts),
    serviceFindings(facts),
    facts.wishes.isDeep ? facts.gateway().then(probeFindings) : [],
  ]);
  const own = configFindings({ config, parsed, env, isContainer });
  const invalid = facts.snapshot.valid ? [] : [invalidConfig(facts.snapshot)];
  return report(clock.now(), [...invalid, ...own, ...files, ...service, ...deep]);
}

function invalidConfig({ path }: ConfigSnapshot): SecurityFinding {
  return {
    checkId: "config.invalid",
    severity: "warn",
    title: "Config file is invalid",
    detail:
      `${path} is not what a gateway serves; this audit is of the version that was accepted ` +
      "last, if there is one.",
    remediation: "openclaw config validate",
  };
}

/** What the config alone tells; quick enough for a status. */
export function auditConfig(facts: ConfigFacts, now: number): SecurityReport {
  return report(now, configFindings(facts));
}

function configFindings(facts: ConfigFacts): SecurityFinding[] {
  return [
    surfaceFinding(facts),
    ...exposureFindings(facts),
    ...controlUiFindings(facts),
    ...privacyFindings(facts),
    ...toolsFindings(facts, openPolicies(facts)),
    ...hooksFindings(facts),
    ...channelFindings(facts),
  ];
}

function probeFindings(look: GatewayLook): SecurityFinding[] {
  if (look.isConnected) return [];
  return [{
    checkId: "gateway.probe_failed",
    severity: "warn",
    title: "Gateway probe failed (deep)",
    detail: look.error ?? "no answer",
    remediation: "openclaw status --all, then: openclaw security audit --deep",
  }];
}

function report(ts: number, found: readonly SecurityFinding[]): SecurityReport {
  const rank = ({ severity }: SecurityFinding) => LEVELS.indexOf(severity);
  const findings = found.toSorted((a, b) => rank(a) - rank(b));
  const count = (level: Level) => findings.filter(({ severity }) => severity === level).length;
  return {
    ts,
    summary: { critical: count("critical"), warn: count("warn"), info: count("info") },
    findings,
  };
}
