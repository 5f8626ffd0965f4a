/**
 * One life of a gateway within its process: from its start to a signal, or to the restart that begins
 * the next one.
 *
 * @module
 */
import { errorMessage, type Logger } from "../../base/mod.ts";
import type { ConfigSnapshot } from "../../config/mod.ts";
import { currentPid, type Logging, programMark } from "../../platform/mod.ts";
import type { Gateway } from "../gateway.ts";
import { failedApply } from "../reload/rejection.ts";
import { type NextLifeOutcome, startNextLife } from "../restart/next_life.ts";
import { type AskedRestart, ProcessRestart } from "../restart/process_restart.ts";
import { announce, announceReady, openLogging } from "../start_log.ts";
import { planStart, type StartPlan } from "../start_plan.ts";
import { isHeld } from "../supervised/conflict.ts";
import type { EndSignal } from "../supervised/end_signals.ts";
import { handoverStatus, handsOver, isReplaced, noteHandover } from "../supervised/handover.ts";
import { signalJudge } from "../supervised/judge.ts";
import { shutDown } from "../supervised/shutdown.ts";
import { exposeByTailscale } from "../tailscale/at_start.ts";
import type { Exposure } from "../tailscale/exposure.ts";
import { startGateway, storeAnswers } from "../supervised/start_gateway.ts";
import type { ConfirmUpdate } from "../update/at_start.ts";
import { type GatewayProcess, keep } from "./gateway_process.ts";

/** A gateway between two restarts; the lock of its process lasts longer. */
export interface Life {
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
export async function live(life: Life): Promise<number | undefined> {
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
