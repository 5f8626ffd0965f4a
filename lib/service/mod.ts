/**
 * The gateway as a service of the system: launchd, systemd or the Windows Task Scheduler.
 *
 * Pure builders write the definitions, thin managers drive the system's own commands. Owns nothing of
 * the gateway itself.
 *
 * @module
 */
export { auditDefinition, type AuditFacts, type AuditIssue } from "./audit.ts";
export { isInsideJob } from "./launchd/inside.ts";
export {
  findGatewayJobs,
  type GatewayJob,
  SYSTEM_JOB_FOLDERS,
  userJobFolder,
} from "./launchd/jobs.ts";
export { createServiceManager, type ManagerFacts } from "./managers.ts";
export {
  isLegacyName,
  NODE_NAMES,
  NODE_SCRIPT,
  serviceDescription,
  serviceNames,
} from "./names.ts";
export { findOtherServices, type OtherService, type OtherServicesFacts } from "./other_services.ts";
export { isLingering, lingerWarning } from "./systemd/linger.ts";
export { findGatewayUnits, type GatewayUnit, SYSTEM_UNIT_FOLDERS } from "./systemd/system_unit.ts";
export { requiredFolders } from "./path.ts";
export { buildServiceSpec, SERVICE_MARKER, type SpecFacts } from "./spec.ts";
export type {
  EnvironmentSource,
  InstallPlan,
  ServiceCommandLine,
  ServiceDefinition,
  ServiceFile,
  ServiceManager,
  ServiceManagerKind,
  ServiceNames,
  ServiceReport,
  ServiceRuntime,
  ServiceSpec,
  ServiceState,
  StopOptions,
} from "./types.ts";
