/**
 * Secrets that stand in the definition of a service, which others may read.
 *
 * @module
 */
import type { DoctorFacts } from "../types.ts";
import type { SecurityFinding } from "./types.ts";

const SECRET_NAME = /(?:_API_KEY|_KEY|_TOKEN|_SECRET|_PASSWORD|_PASSWD|_CREDENTIALS)$/;

/** Variables with names of secrets, in the definition itself. */
export async function serviceFindings(facts: DoctorFacts): Promise<SecurityFinding[]> {
  const service = await facts.service();
  const names = (service?.inlineVariables ?? []).filter((name) => SECRET_NAME.test(name));
  if (service === undefined || names.length === 0) return [];
  return [{
    checkId: "service.env_secrets",
    severity: "critical",
    title: "Secrets stand in the definition of the service",
    detail: `${service.definitionPath} sets ${names.sort().join(", ")}; the manager shows it to ` +
      "other programs.",
    remediation: "openclaw gateway install --force",
  }];
}
