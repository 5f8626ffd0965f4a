/**
 * The security audit, loaded by who wants one.
 *
 * @module
 */
export { auditConfig, auditSecurity } from "./audit.ts";
export {
  type ConfigFacts,
  type Level,
  LEVELS,
  type SecurityFinding,
  type SecurityReport,
} from "./types.ts";
