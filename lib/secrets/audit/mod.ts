/**
 * The audit of secrets, loaded by the command that wants one.
 *
 * @module
 */
export { type AuditOptions, auditSecrets, plaintexts } from "./audit.ts";
export {
  type AuditCode,
  type AuditFinding,
  type AuditReport,
  SEVERITIES,
  type Severity,
} from "./types.ts";
