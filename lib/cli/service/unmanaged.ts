/**
 * Gateways that no service manager looks after: `gateway stop` and `gateway restart` act on the one
 * that listens on the port, and on nothing that is not a gateway.
 *
 * @module
 */
import { AppError, delay, isObject, parseJsonOrUndefined } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";
import type { ServiceAnswer } from "./answer.ts";
import { HEALTH_BUDGET_MS } from "./health_wait.ts";
import type { ProfileService } from "./installed.ts";
import { askLocally } from "./local_question.ts";

const POLL_MS = 100;
/** A gateway ends within 25 seconds, whatever it has to do. */
const STOP_BUDGET_MS = 30_000;
const PROBE_TIMEOUT_MS = 2000;

/** How long work under way may take before a restart. */
export interface RestartWish {
  /** `undefined` cuts work off, 0 waits without end. */
  readonly budgetMs: number | undefined;
}

/** The gateways that listen on the port of a profile. */
export async function unmanagedPids(
  { env }: CommandContext,
  { port, state }: ProfileService,
): Promise<number[]> {
  const { gatewayPids, inspectPort, lookAtGatewayLock } = await import("../../platform/mod.ts");
  const [{ listeners }, lock] = await Promise.all([
    inspectPort(port),
    lookAtGatewayLock({ env, configPath: state.paths.configPath }),
  ]);
  return gatewayPids(listeners, lock.state === "held" ? lock.pid : undefined);
}

/**
 * Ends the gateways on the port and waits until they are gone.
 *
 * @returns `undefined` when there are none.
 * @throws {AppError} `SERVICE_STOP_FAILED`
 */
export async function stopUnmanaged(
  context: CommandContext,
  service: ProfileService,
): Promise<ServiceAnswer | undefined> {
  const pids = await unmanagedPids(context, service);
  if (pids.length === 0) return undefined;
  const { isProcessAlive } = await import("../../platform/mod.ts");
  for (const pid of pids) send(pid);
  const isGone = () => Promise.resolve(pids.every((pid) => !isProcessAlive(pid)));
  if (!await until(context, isGone, STOP_BUDGET_MS)) {
    const left = pids.filter(isProcessAlive).join(", ");
    throw new AppError(
      "SERVICE_STOP_FAILED",
      `The gateway was told to stop, but runs on: ${left}`,
      {
        hint: `kill -9 ${left}`,
      },
    );
  }
  const line = `Gateway stop signal sent to unmanaged process on port ${service.port}: ${
    pids.join(", ")
  }.`;
  return { result: "stopped", lines: [line] };
}

/**
 * Restarts the gateway on the port and waits until it serves again.
 *
 * @returns `undefined` when there is none.
 * @throws {AppError} `SERVICE_RESTART_FAILED`, `SERVICE_NOT_HEALTHY`
 */
export async function restartUnmanaged(
  context: CommandContext,
  service: ProfileService,
  { budgetMs }: RestartWish,
): Promise<ServiceAnswer | undefined> {
  const pids = await unmanagedPids(context, service);
  const [pid] = pids;
  if (pid === undefined) return undefined;
  assertRestartable(pids, service);
  const { port, state: { paths } } = service;
  const { clock, host } = context;
  const since = clock.monotonic();
  // A start that is under way already is the restart that is asked for.
  const servedBefore = await uptimeMs(port) < Infinity;
  if (host.os === "windows") {
    // No signal asks there; the gateway itself can be asked.
    const { askForRestart } = await import("./safe_restart.ts");
    await askForRestart(context, budgetMs === undefined);
  } else {
    const { writeRestartIntent } = await import("../../platform/mod.ts");
    const intent = budgetMs === undefined ? { force: true } : { waitMs: budgetMs };
    await writeRestartIntent(paths.stateDir, pid, clock, intent);
    send(pid);
  }
  const isNew = async () =>
    await uptimeMs(port) < (servedBefore ? clock.monotonic() - since : Infinity);
  const waitMs = budgetMs === 0 ? Infinity : (budgetMs ?? 0) + HEALTH_BUDGET_MS;
  if (!await until(context, isNew, waitMs)) {
    throw new AppError(
      "SERVICE_NOT_HEALTHY",
      `The gateway was told to restart, but has not: nothing new answers on port ${port}`,
      { hint: "openclaw gateway status --deep" },
    );
  }
  const line = `Gateway restart signal sent to unmanaged process on port ${port}: ${pid}.`;
  return { result: "restarted", lines: [line] };
}

function assertRestartable(pids: readonly number[], { port, state }: ProfileService): void {
  if (pids.length > 1) {
    throw new AppError(
      "SERVICE_RESTART_FAILED",
      `Cannot restart: several gateways listen on port ${port} (pids ${pids.join(", ")})`,
      { hint: "openclaw gateway stop" },
    );
  }
  if (state.snapshot.config.commands?.restart !== false) return;
  throw new AppError(
    "SERVICE_RESTART_FAILED",
    "Cannot restart an unmanaged gateway: commands.restart is false",
    { hint: "openclaw config set commands.restart true" },
  );
}

function send(pid: number): void {
  try {
    Deno.kill(pid, "SIGTERM");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new AppError("PERMISSION_DENIED", `Cannot signal the gateway (pid ${pid})`, {
      hint: `sudo kill ${pid}`,
      cause: error,
    });
  }
}

/** How long the gateway on a port has been up; endless when it does not say. */
async function uptimeMs(port: number): Promise<number> {
  const answer = await askLocally(port, "/readyz", PROBE_TIMEOUT_MS);
  const said = parseJsonOrUndefined(answer?.text ?? "");
  return isObject(said) && said.ready === true ? Number(said.uptimeMs) : Infinity;
}

async function until(
  { clock }: CommandContext,
  condition: () => Promise<boolean>,
  budgetMs: number,
): Promise<boolean> {
  const deadline = clock.monotonic() + budgetMs;
  while (!await condition()) {
    if (clock.monotonic() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}
