/**
 * `openclaw gateway run`: the process around a gateway, from its flags to its exit status.
 *
 * @module
 */
import { type Clock, errorMessage, type Logger, withTimeout } from "../base/mod.ts";
import type { ConfigSnapshot } from "../config/mod.ts";
import {
  acquireGatewayLock,
  cpuUsage,
  currentPid,
  deviceFamily,
  type FolderGuard,
  freePort,
  type GatewayLock,
  guardFolder,
  hostName,
  type Logging,
  machineArch,
  onTermination,
  platformLabel,
  primaryAddress,
  systemClock,
  SystemdNotifier,
  tempDir,
} from "../platform/mod.ts";
import { liveSecret, secretOf } from "./auth/settings.ts";
import { Gateway } from "./gateway.ts";
import type { GatewayRunOptions } from "./options.ts";
import { ProcessRestart } from "./restart/process_restart.ts";
import type { RestartHost } from "./restart/restarter.ts";
import { announce, announceReady, openLogging } from "./start_log.ts";
import { decideStart, planStart, presentFlags, type StartPlan } from "./start_plan.ts";
import { SignsOfLife } from "./supervised/signs_of_life.ts";
import { type ConfirmUpdate, settleUpdate } from "./update/at_start.ts";
import { WsLog } from "./ws_log.ts";

/** Tries for a taken port: a supervisor's restart may overlap the end of the old process. */
const SUPERVISED_BIND_ATTEMPTS = 20;
const BIND_ATTEMPTS = 3;
const BIND_RETRY_DELAY_MS = 500;
const SHUTDOWN_BUDGET_MS = 25_000;
/** The part of it in which HTTP requests under way may end by themselves. */
const HTTP_DRAIN_MS = 5000;

/**
 * Runs a gateway until a signal ends it.
 *
 * @returns The exit status of the process.
 * @throws {AppError} When it cannot start; the code decides the exit status.
 */
export async function runGateway(options: GatewayRunOptions): Promise<number> {
  const clock = systemClock;
  const startedAt = clock.monotonic();
  const termination = listenForTermination();
  const { env } = options;
  const notifier = SystemdNotifier.open(env, env.get("XDG_RUNTIME_DIR") ?? tempDir(env));
  const signs = new SignsOfLife(notifier, clock);
  try {
    signs.starting();
    return await runPlanned(await planStart(options, clock), termination, signs, startedAt);
  } finally {
    signs.close();
    termination.stop();
  }
}

async function runPlanned(
  plan: StartPlan,
  termination: Termination,
  signs: SignsOfLife,
  startedAt: number,
): Promise<number> {
  const { clock, options } = plan;
  const life: Life = {
    plan,
    logging: openLogging(plan),
    signs,
    startedAt,
    lastRestartAt: undefined,
    confirmUpdate: undefined,
  };
  let lock: GatewayLock | undefined;
  let guard: FolderGuard | undefined;
  try {
    const log = life.logging.logger("gateway");
    announce(plan, log);
    if (options.force) {
      for (const line of await freePort(plan.port)) log.info(line);
    }
    lock = await acquireGatewayLock({
      env: options.env,
      clock,
      configPath: plan.paths.configPath,
      port: plan.port,
    });
    if (options.env.get("OPENCLAW_ALLOW_MULTI_GATEWAY") !== "1") {
      guard = await guardFolder(plan.paths.stateDir, clock);
    }
    life.confirmUpdate = await settleUpdate(plan.paths.stateDir, log);
    while (true) {
      const status = await live(life, termination);
      if (status !== undefined) return status;
    }
  } finally {
    guard?.release();
    lock?.release();
    await life.logging.close();
  }
}

/** A gateway between two restarts; the lock of its process lasts longer. */
interface Life {
  plan: StartPlan;
  logging: Logging;
  readonly signs: SignsOfLife;
  /** On the monotonic clock. */
  startedAt: number;
  /** When the life before was asked to end; absent in the first one. */
  lastRestartAt: number | undefined;
  /** To be called once it serves, after an update that nobody else looks after. */
  confirmUpdate: ConfirmUpdate | undefined;
}

/**
 * Serves until a signal, or until a client wants a restart.
 *
 * @returns The exit status; `undefined` when `life` is ready to be lived again.
 */
async function live(life: Life, termination: Termination): Promise<number | undefined> {
  const { plan, logging } = life;
  const { clock } = plan;
  const log = logging.logger("gateway");
  const facts = { pid: currentPid(), lastRestartAt: life.lastRestartAt };
  const restart: ProcessRestart<StartPlan> = new ProcessRestart(
    facts,
    () => planAgain(plan, gateway, log),
  );
  const gateway = await startGateway(plan, logging, restart, life.lastRestartAt !== undefined);
  announceReady(plan, gateway, log, logging, clock.monotonic() - life.startedAt);
  await life.signs.ready(`serving on port ${plan.port}`, () => storeAnswers(gateway));
  await life.confirmUpdate?.();
  life.confirmUpdate = undefined;
  const end = await Promise.race([termination.first, restart.asked]);
  if (typeof end === "string") {
    termination.onRepeat = (repeat) => log.info(`received ${repeat} during shutdown; ignoring`);
    log.info(`received ${end}; shutting down`);
    await life.signs.stopping();
    return await shutDown(gateway, log, clock, false);
  }
  life.startedAt = life.lastRestartAt = clock.monotonic();
  log.info(`restart mode: in-process restart (${end.reason})`);
  const status = await shutDown(gateway, log, clock, true);
  if (status !== 0) return status;
  life.plan = end.plan;
  await logging.close();
  life.logging = openLogging(end.plan);
  announce(end.plan, life.logging.logger("gateway"));
  return undefined;
}

/** Resolves when the store has answered; that it cannot write now is an answer too. */
async function storeAnswers({ state: { store: { database } } }: Gateway): Promise<void> {
  await database.transact(() => database.connection.number("PRAGMA schema_version"))
    .catch(() => {});
}

function startGateway(
  plan: StartPlan,
  logging: Logging,
  restartHost: RestartHost,
  isRestart: boolean,
): Promise<Gateway> {
  const { clock, options, paths, config, port, bind, auth } = plan;
  const log = logging.logger("gateway");
  const isSupervised = config.env.get("OPENCLAW_SERVICE_MARKER") !== undefined;
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
    restartHost,
    bindAttempts: isSupervised || isRestart ? SUPERVISED_BIND_ATTEMPTS : BIND_ATTEMPTS,
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

/** Plans the next start; what is wrong with the configuration by now does not end a gateway. */
async function planAgain(plan: StartPlan, gateway: Gateway, log: Logger): Promise<StartPlan> {
  try {
    return await planStart({ ...plan.options, dev: false, reset: false }, plan.clock);
  } catch (error) {
    log.error(`restart keeps the configuration in force: ${errorMessage(error)}`);
    return { ...plan, config: gateway.state.config() };
  }
}

/** Signals that ask the process to end, noted from its very start. */
interface Termination {
  readonly first: Promise<string>;
  /** Told of every signal after the first. */
  onRepeat: (signal: string) => void;
  stop(): void;
}

function listenForTermination(): Termination {
  const { promise: first, resolve } = Promise.withResolvers<string>();
  let isFirst = true;
  const stop = onTermination((signal) => {
    if (!isFirst) return termination.onRepeat(signal);
    isFirst = false;
    resolve(signal);
  });
  const termination: Termination = { first, onRepeat() {}, stop };
  return termination;
}

/** Ends a gateway within the budget; answers the exit status. */
async function shutDown(
  gateway: Gateway,
  log: Logger,
  clock: Clock,
  willRestart: boolean,
): Promise<number> {
  const startedAt = clock.monotonic();
  log.info(`[shutdown] started: gateway ${willRestart ? "restarting" : "stopping"}`);
  const closed = gateway.close(willRestart).then(() => true, (error) => {
    log.error(`[shutdown] failed: ${errorMessage(error)}`);
    return false;
  });
  let isTimeout = false;
  const isClean = await withTimeout(closed, SHUTDOWN_BUDGET_MS, () => {
    isTimeout = true;
    return false;
  });
  if (isTimeout) log.error("shutdown timed out; exiting without full cleanup");
  if (!isClean) return 1;
  log.info(`[shutdown] completed cleanly in ${Math.round(clock.monotonic() - startedAt)}ms`);
  return 0;
}
