/**
 * All checks, in the order in which they are shown.
 *
 * @module
 */
import type { Check } from "../types.ts";
import { commandOwner } from "./command_owner.ts";
import { configFile } from "./config_file.ts";
import { cronJobs } from "./cron_jobs.ts";
import { devicePairing } from "./device_pairing.ts";
import { execApprovals } from "./exec_approvals.ts";
import { gatewayAuth } from "./gateway_auth.ts";
import { gatewayConfig } from "./gateway_config.ts";
import { gatewayDaemon } from "./gateway_daemon.ts";
import { gatewayHealth } from "./gateway_health.ts";
import { gatewayLock } from "./gateway_lock.ts";
import { gatewayServices } from "./gateway_services.ts";
import { launchdOverrides } from "./launchd_overrides.ts";
import { legacyState } from "./legacy_state.ts";
import { logging } from "./logging.ts";
import { machine } from "./machine.ts";
import { secrets } from "./secrets.ts";
import { security } from "./security.ts";
import { shellCompletion } from "./shell_completion.ts";
import { stateDatabase } from "./state_database.ts";
import { stateIntegrity } from "./state_integrity.ts";
import { systemdLinger } from "./systemd_linger.ts";
import { workspace } from "./workspace.ts";

/** Every check. */
export const CHECKS: readonly Check[] = [
  configFile,
  gatewayConfig,
  gatewayAuth,
  secrets,
  commandOwner,
  legacyState,
  stateIntegrity,
  stateDatabase,
  gatewayLock,
  gatewayServices,
  systemdLinger,
  launchdOverrides,
  gatewayHealth,
  gatewayDaemon,
  security,
  execApprovals,
  devicePairing,
  cronJobs,
  workspace,
  logging,
  machine,
  shellCompletion,
];
