/**
 * The audit of secrets, loaded by the command that wants one.
 *
 * @module
 */
export { profilesOf, readAgentFiles } from "../profiles.ts";
export { typeOfPath } from "../targets.ts";
export { type AuditOptions, auditSecrets, plaintexts } from "./audit.ts";
export {
  type AuditCode,
  type AuditFinding,
  type AuditReport,
  SEVERITIES,
  type Severity,
} from "./types.ts";
