/**
 * `openclaw gateway run`: the process around a gateway, from its flags to its exit status.
 *
 * @module
 */
import { type Clock, errorMessage, type Logger } from "../base/mod.ts";
import { type ConfigSnapshot, resolvePaths } from "../config/mod.ts";
import {
  acquireGatewayLock,
  currentPid,
  detectSupervisor,
  executablePath,
  type FolderGuard,
  freePort,
  type GatewayLock,
  guardFolder,
  type Logging,
  onCrash,
  onTermination,
  onUserSignal,
  osName,
  programMark,
  type Supervisor,
  systemClock,
  SystemdNotifier,
  tempDir,
} from "../platform/mod.ts";
import type { Gateway } from "./gateway.ts";
import type { GatewayRunOptions } from "./options.ts";
import { failedApply } from "./reload/rejection.ts";
import { type NextLifeOutcome, startNextLife } from "./restart/next_life.ts";
import { type AskedRestart, ProcessRestart } from "./restart/process_restart.ts";
import { type BundleReason, writeBundle } from "./stability/bundle.ts";
import { isWorthKeeping } from "./stability/failed_start.ts";
import { announce, announceReady, openLogging } from "./start_log.ts";
import { planStart, type StartPlan } from "./start_plan.ts";
import { isHeld } from "./supervised/conflict.ts";
import { type EndSignal, EndSignals, type SignalJudge } from "./supervised/end_signals.ts";
import { handoverStatus, handsOver, isReplaced, noteHandover } from "./supervised/handover.ts";
import { signalJudge, startJudge } from "./supervised/judge.ts";
import { shutDown } from "./supervised/shutdown.ts";
import { SignsOfLife } from "./supervised/signs_of_life.ts";
import { exposeByTailscale } from "./tailscale/at_start.ts";
import type { Exposure } from "./tailscale/exposure.ts";
import { startGateway, storeAnswers } from "./supervised/start_gateway.ts";
import { type ConfirmUpdate, settleUpdate } from "./update/at_start.ts";

/** The process, over all lives of its gateway. */
interface GatewayProcess {
  readonly options: GatewayRunOptions;
  readonly clock: Clock;
  readonly signs: SignsOfLife;
  readonly signals: EndSignals;
  /** What they mean while no gateway serves. */
  readonly starting: SignalJudge;
  readonly supervisor: Supervisor | undefined;
  /** The program's file, and its mark when the process began. */
  readonly programPath: string;
  readonly programMark: string | undefined;
  /** On the monotonic clock. */
  readonly startedAt: number;
  /** The last one that was started. */
  gateway: Gateway | undefined;
}

/**
 * Runs a gateway until a signal ends it.
 *
 * @returns The exit status of the process.
 * @throws {AppError} When it cannot start; the code decides the exit status.
 */
export async function runGateway(options: GatewayRunOptions): Promise<number> {
  const clock = systemClock;
  const startedAt = clock.monotonic();
  const programPath = executablePath();
  const { env } = options;
  const supervisor = detectSupervisor(env, osName(), currentPid());
  const paths = resolvePaths(env, { profile: options.profile });
  const starting = startJudge({ paths, clock, supervisor });
  const signals = new EndSignals({ onTermination, onUserSignal }, starting);
  const notifier = SystemdNotifier.open(env, env.get("XDG_RUNTIME_DIR") ?? tempDir(env));
  const own: GatewayProcess = {
    options,
    clock,
    signs: new SignsOfLife(notifier),
    signals,
    starting,
    supervisor,
    programPath,
    programMark: programMark(programPath),
    startedAt,
    gateway: undefined,
  };
  const stopWatching = onCrash((error) => keep(own, "gateway.uncaught_exception", error));
  try {
    own.signs.starting();
    return await runPlanned(own, await planStart(options, clock));
  } catch (error) {
    if (isWorthKeeping(error)) keep(own, "gateway.startup_failed", error);
    throw error;
  } finally {
    stopWatching();
    own.signs.close();
    signals.stop();
  }
}

/** Keeps what is known of a bad end for `gateway stability --bundle`. */
function keep(
  { options, clock, startedAt, gateway }: GatewayProcess,
  reason: BundleReason,
  error?: unknown,
): void {
  const { stateDir } = resolvePaths(options.env, { profile: options.profile });
  const state = gateway?.state;
  const redaction = state?.secrets.redaction;
  writeBundle({
    stateDir,
    clock,
    reason,
    error,
    startedAt,
    stability: state?.stability,
    ...(redaction === undefined ? {} : { redact: (text) => redaction.redact(text) }),
  });
}

async function runPlanned(own: GatewayProcess, plan: StartPlan): Promise<number> {
  const { clock, options } = plan;
  const life: Life = {
    own,
    plan,
    logging: openLogging(plan),
    startedAt: own.startedAt,
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
      const status = await live(life);
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
  readonly own: GatewayProcess;
  plan: StartPlan;
  /** What the life before was started with, until this one serves; absent in the first one. */
  before?: StartPlan | undefined;
  logging: Logging;
  /** On the monotonic clock. */
  startedAt: number;
  /** When the life before was asked to end; absent in the first one. */
  lastRestartAt: number | undefined;
  /** To be called once it serves, after an update that nobody else looks after. */
  confirmUpdate: ConfirmUpdate | undefined;
  /** What Tailscale forwards, once it has said so. */
  exposing?: Promise<Exposure | undefined>;
}

/**
 * Serves until a signal, or until a restart is asked for.
 *
 * @returns The exit status; `undefined` when `life` is ready to be lived again.
 */
async function live(life: Life): Promise<number | undefined> {
  const { logging, own } = life;
  const { clock, signs, signals, supervisor } = own;
  const log = logging.logger("gateway");
  const facts = { pid: currentPid(), lastRestartAt: life.lastRestartAt };
  let serving: Gateway | undefined;
  const restart: ProcessRestart<StartPlan> = new ProcessRestart(
    facts,
    () => planAgain(life.plan, serving?.state.config(), log),
  );
  const begun = await begin(life, restart);
  if ("end" in begun) return await endBeforeServing(life, begun.end);
  const { plan, started: gateway } = begun;
  life.plan = plan;
  life.before = undefined;
  own.gateway = serving = gateway;
  announceReady(plan, gateway, log, logging, clock.monotonic() - life.startedAt);
  life.exposing = exposeByTailscale(plan, gateway, log);
  const { restarter, config, paths } = gateway.state;
  signals.judge = signalJudge({ paths, clock, log, supervisor, restarter, config });
  await signs.ready(`serving on port ${plan.port}`, () => storeAnswers(gateway));
  await life.confirmUpdate?.();
  life.confirmUpdate = undefined;
  const end = await Promise.race([signals.first, restart.asked]);
  return "signal" in end
    ? await endBySignal(life, gateway, end)
    : await restartNow(life, gateway, end);
}

/** Starts the gateway of a life; the first one of a process fails as it is, later ones do not give up. */
async function begin(
  { own: { supervisor, signals }, plan, before, logging }: Life,
  restart: ProcessRestart<StartPlan>,
): Promise<NextLifeOutcome<StartPlan, Gateway, EndSignal>> {
  const start = (plan: StartPlan) =>
    startGateway(plan, logging, restart, before?.port === plan.port);
  if (before === undefined) return { plan, started: await start(plan) };
  const log = logging.logger("gateway");
  return await startNextLife({
    plan,
    before,
    isSupervised: supervisor !== undefined,
    log,
    start,
    planAgain: (last) => planAgain(last, undefined, log),
    asBefore: (earlier, refused, error) => ({
      ...earlier,
      rejected: failedApply(refused.config, error, earlier.clock),
    }),
    isSameObstacle: (error, { port }, earlier) => isHeld(error) && port === earlier.port,
    end: signals.first,
  });
}

/** Ends a process that waits for the obstacle of its next life to go away. */
async function endBeforeServing(
  { own: { signs }, logging, exposing }: Life,
  { signal }: EndSignal,
): Promise<number> {
  logging.logger("gateway").info(`received ${signal}; shutting down`);
  await (await exposing)?.close();
  await signs.stopping();
  return 0;
}

/** Ends for a signal; whoever sent it may start the gateway again. */
async function endBySignal(
  { plan, logging, own, exposing }: Life,
  gateway: Gateway,
  { signal, willRestart }: EndSignal,
): Promise<number> {
  const { clock, signs, signals, supervisor } = own;
  const log = logging.logger("gateway");
  signals.onRepeat = (repeat) => log.info(`received ${repeat} during shutdown; ignoring`);
  log.info(`received ${signal}; ${willRestart ? "restarting" : "shutting down"}`);
  if (willRestart) {
    const { stateDir } = plan.paths;
    const reason = "gateway restart";
    await noteHandover({ stateDir, supervisor, clock, log, source: "operator-restart", reason });
  } else {
    await (await exposing)?.close();
  }
  await signs.stopping();
  const onTimeout = () => keep(own, "gateway.shutdown_timeout");
  return await shutDown(gateway, { log, clock, willRestart, onTimeout });
}

/** Starts anew within the process, or ends for a service manager that starts the new program. */
async function restartNow(
  life: Life,
  gateway: Gateway,
  { reason, plan }: AskedRestart<StartPlan>,
): Promise<number | undefined> {
  const { own, logging } = life;
  const { clock, supervisor, signs, signals } = own;
  const log = logging.logger("gateway");
  signals.judge = own.starting;
  life.startedAt = life.lastRestartAt = clock.monotonic();
  const programMarkNow = programMark(own.programPath);
  const facts = { supervisor, programMark: own.programMark, programMarkNow };
  const isHandover = handsOver(facts);
  if (isHandover) {
    log.info(`restart mode: full process restart (supervisor restart; ${reason})`);
    const { stateDir } = plan.paths;
    await noteHandover({ stateDir, supervisor, clock, log, source: "gateway-update", reason });
    await signs.stopping();
  } else {
    log.info(`restart mode: in-process restart (${reason})`);
    if (isReplaced(facts)) {
      log.warn("the program was replaced; this process keeps the old one until it is started anew");
    }
  }
  const onTimeout = () => keep(own, "gateway.shutdown_timeout");
  const status = await shutDown(gateway, { log, clock, willRestart: true, onTimeout });
  if (status !== 0) return status;
  if (isHandover) return handoverStatus(supervisor);
  life.before = life.plan;
  life.plan = plan;
  await logging.close();
  life.logging = openLogging(plan);
  announce(plan, life.logging.logger("gateway"));
  return undefined;
}

/** Plans the next start; what is wrong with the configuration by now does not end a gateway. */
async function planAgain(
  plan: StartPlan,
  inForce: ConfigSnapshot | undefined,
  log: Logger,
): Promise<StartPlan> {
  try {
    return await planStart({ ...plan.options, dev: false, reset: false }, plan.clock);
  } catch (error) {
    log.error(`restart keeps the configuration in force: ${errorMessage(error)}`);
    return inForce === undefined ? plan : { ...plan, config: inForce };
  }
}
