/**
 * `openclaw gateway run`: the process around a gateway, from its flags to its exit status.
 *
 * @module
 */
import { resolvePaths } from "../config/mod.ts";
import {
  acquireGatewayLock,
  currentPid,
  detectSupervisor,
  executablePath,
  type FolderGuard,
  freePort,
  type GatewayLock,
  guardFolder,
  onCrash,
  onTermination,
  onUserSignal,
  osName,
  programMark,
  systemClock,
  SystemdNotifier,
  tempDir,
} from "../platform/mod.ts";
import type { GatewayRunOptions } from "./options.ts";
import { isWorthKeeping } from "./stability/failed_start.ts";
import { announce, openLogging } from "./start_log.ts";
import { planStart, type StartPlan } from "./start_plan.ts";
import { EndSignals } from "./supervised/end_signals.ts";
import { startJudge } from "./supervised/judge.ts";
import { SignsOfLife } from "./supervised/signs_of_life.ts";
import { settleUpdate } from "./update/at_start.ts";
import { type GatewayProcess, keep } from "./process/gateway_process.ts";
import { type Life, live } from "./process/life.ts";

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
