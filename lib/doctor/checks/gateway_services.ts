/**
 * The service that keeps the gateway running: installed, up to date, alone.
 *
 * @module
 */
import type { OtherService } from "../../service/mod.ts";
import type { RepairStep } from "../repair/steps.ts";
import type { Check, DoctorFacts, Finding, ServiceLook } from "../types.ts";

const ID = "doctor:gateway-services";
const EXTERNAL_NOTE =
  "Gateway service is managed externally; skipped service install/start repair. " +
  "Start or repair the gateway through your supervisor.";

/** Whether somebody else looks after the service: `OPENCLAW_SERVICE_REPAIR_POLICY=external`. */
export function isExternallyManaged({ env }: Pick<DoctorFacts, "env">): boolean {
  return env.get("OPENCLAW_SERVICE_REPAIR_POLICY")?.trim().toLowerCase() === "external";
}

/** Definition, drift, and services that compete with it. */
export const gatewayServices: Check = {
  id: ID,
  title: "Gateway service",
  async run(facts) {
    if (facts.served.config.gateway?.mode === "remote") return [];
    const [service, others] = await Promise.all([facts.service(), facts.otherServices()]);
    if (service === undefined) return [];
    const rival = systemRival(facts, service, others);
    const findings = [
      ...(rival === undefined ? [] : [rivalFinding(service, rival)]),
      ...stateFindings(facts, service, rival !== undefined),
      ...auditFindings(facts, service, rival !== undefined),
      ...otherFindings(others, rival),
    ];
    const isSkipped = isExternallyManaged(facts) &&
      findings.some(({ severity }) => severity !== "info");
    return isSkipped
      ? [...findings, { id: `${ID}.external`, severity: "info", message: EXTERNAL_NOTE }]
      : findings;
  },
};

/** The service of the system that serves this profile or port already. */
function systemRival(
  { port }: DoctorFacts,
  service: ServiceLook,
  others: readonly OtherService[],
): OtherService | undefined {
  if (service.isOfSystem) return undefined;
  return others.find((other) =>
    other.scope === "system" && (other.label === service.unit || other.port === port)
  );
}

function rivalFinding(service: ServiceLook, rival: OtherService): Finding {
  if (service.isInstalled) {
    return {
      id: `${ID}.duplicate`,
      severity: "error",
      message: `The system's ${rival.label} and this user's service both start a gateway here`,
      detail: [rival.detail],
      fix: "openclaw gateway uninstall",
    };
  }
  return {
    id: `${ID}.system-unit`,
    severity: "info",
    message: "System-level OpenClaw gateway service detected while the user gateway service is " +
      "not installed.",
    detail: [
      `${rival.label} (${rival.detail})`,
      "No user service is installed beside it. To say so once and for all, set " +
      "OPENCLAW_SERVICE_REPAIR_POLICY=external.",
    ],
    fix: `sudo systemctl status ${rival.label}`,
  };
}

function stateFindings(facts: DoctorFacts, service: ServiceLook, hasRival: boolean): Finding[] {
  if (service.error !== undefined) {
    return [{
      id: `${ID}.unknown`,
      severity: service.isInstalled ? "warn" : "info",
      message: service.error,
      ...(service.hint === undefined ? {} : { fix: service.hint.split("\n")[0]! }),
    }];
  }
  if (!service.isInstalled) {
    if (hasRival) return [];
    return [{
      id: `${ID}.not-installed`,
      severity: "info",
      message: "Gateway service not installed.",
      fix: "openclaw gateway install",
    }];
  }
  if (!service.isUnsupervised && service.isLoaded) return [];
  return [{
    id: `${ID}.not-loaded`,
    severity: "warn",
    message: `The service is defined at ${service.definitionPath} and not registered: ` +
      "it does not come back by itself",
    fix: "openclaw gateway start",
    ...serviceRepair(facts, "start", "register and start the gateway service", []),
  }];
}

function auditFindings(facts: DoctorFacts, service: ServiceLook, hasRival: boolean): Finding[] {
  const issues = service.issues.filter(({ level }) =>
    level === "recommended" || facts.wishes.isForced
  );
  const repair = hasRival || service.files === undefined
    ? {}
    : serviceRepair(facts, "install", "rewrite the gateway service", service.files);
  return issues.map(({ code, message, detail }) => ({
    id: `${ID}.${code}`,
    severity: "warn",
    message: detail === undefined ? message : `${message} (${detail})`,
    fix: "openclaw gateway install --force",
    ...repair,
  }));
}

/** A repair of the service, where it is this program's business. */
export function serviceRepair(
  facts: DoctorFacts,
  verb: "install" | "start" | "restart",
  title: string,
  touches: readonly string[],
): { repair?: readonly RepairStep[] } {
  if (isExternallyManaged(facts)) return {};
  const run = () => facts.driveService(verb);
  const undo = verb === "install" ? { afterUndo: "openclaw gateway restart" } : {};
  return { repair: [{ kind: "act", title, isSafe: false, touches, run, ...undo }] };
}

function otherFindings(
  others: readonly OtherService[],
  rival: OtherService | undefined,
): Finding[] {
  return others.filter((other) => other !== rival && !other.isManaged).map((other) => ({
    id: other.legacy ? `${ID}.legacy` : `${ID}.extra`,
    severity: "warn",
    message: other.legacy
      ? `A gateway service under its old name is installed: ${other.label}`
      : `Other gateway-like service detected (best effort): ${other.label}`,
    detail: [`${other.scope}, ${other.detail}`],
    fix: other.cleanup,
  }));
}
