/**
 * A gateway within a process: what a plan, this machine and this process make of its options.
 *
 * @module
 */
import type { ConfigSnapshot } from "../../config/mod.ts";
import {
  cpuUsage,
  deviceFamily,
  hostName,
  type Logging,
  machineArch,
  platformLabel,
  primaryAddress,
} from "../../platform/mod.ts";
import { liveSecret, secretOf } from "../auth/settings.ts";
import { Gateway } from "../gateway.ts";
import type { RestartHost } from "../restart/restarter.ts";
import { decideStart, presentFlags, type StartPlan } from "../start_plan.ts";
import { WsLog } from "../ws_log.ts";

/** Tries for a port that was ours a moment ago: a restart may overlap the end of the old gateway. */
const RESTART_BIND_ATTEMPTS = 20;
const BIND_ATTEMPTS = 3;
const BIND_RETRY_DELAY_MS = 500;
/** The part of a shutdown in which HTTP requests under way may end by themselves. */
const HTTP_DRAIN_MS = 5000;

/** Resolves when the store has answered; that it cannot write now is an answer too. */
export async function storeAnswers({ state: { store: { database } } }: Gateway): Promise<void> {
  await database.transact(() => database.connection.number("PRAGMA schema_version"))
    .catch(() => {});
}

/**
 * Starts the gateway of a plan.
 *
 * @param wasOurs Whether its port is one that this process has only just given back.
 */
export function startGateway(
  plan: StartPlan,
  logging: Logging,
  restartHost: RestartHost,
  wasOurs: boolean,
): Promise<Gateway> {
  const { clock, options, paths, config, port, bind, auth, tls } = plan;
  const log = logging.logger("gateway");
  const isSupervised = Boolean(config.env.get("OPENCLAW_SERVICE_MARKER"));
  const handshakeTimeoutMs = Number(config.env.get("OPENCLAW_HANDSHAKE_TIMEOUT_MS")) ||
    config.config.gateway?.handshakeTimeoutMs;
  const resolveSecret = (snapshot: ConfigSnapshot) => {
    const secret = liveSecret(snapshot, auth.mode, plan.flags, log);
    plan.secrets.add(secret?.secret);
    return secret;
  };
  log.info("starting HTTP server...");
  const ip = primaryAddress();
  return Gateway.start({
    clock,
    log,
    wsLog: new WsLog(log.child("ws"), options.wsLog, options.verbose || options.wsLog !== "auto"),
    paths,
    config,
    // The configuration may be newer than the plan: a restart keeps what came into force meanwhile.
    secret: resolveSecret(config) ?? secretOf(auth),
    resolveSecret,
    hosts: bind.hosts,
    port,
    tls,
    restartHost,
    bindAttempts: isSupervised || wasOurs ? RESTART_BIND_ATTEMPTS : BIND_ATTEMPTS,
    bindRetryDelayMs: BIND_RETRY_DELAY_MS,
    drainMs: HTTP_DRAIN_MS,
    ...(handshakeTimeoutMs ? { handshakeTimeoutMs } : {}),
    facts: {
      host: hostName(),
      ip,
      platform: platformLabel(),
      deviceFamily: deviceFamily(),
      modelIdentifier: machineArch(),
    },
    cpuMicroseconds: () => {
      const { user, system } = cpuUsage();
      return user + system;
    },
    watch: {
      rejected: plan.rejected,
      assertStartable: (snapshot) => void decideStart(snapshot, options, plan.flags),
    },
    redaction: plan.secrets,
    credentialFlags: presentFlags(options, plan.flags),
    logFile: () => logging.filePath,
  });
}
