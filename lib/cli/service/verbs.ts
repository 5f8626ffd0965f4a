/**
 * Starting, stopping, restarting and removing an installed service.
 *
 * @module
 */
import { AppError, errorMessage } from "../../base/mod.ts";
import type { ServiceDefinition, ServiceManager } from "../../service/mod.ts";
import type { CommandContext } from "../table.ts";
import type { ServiceAnswer } from "./answer.ts";
import { waitForWork, workBudgetMs } from "./drain.ts";
import { waitForHealth } from "./health_wait.ts";
import { isInsideService, scheduleRestart } from "./inside.ts";
import { findService, installedPort, type ProfileService } from "./installed.ts";
import { refuseInvalidConfig, refuseNewerConfig } from "./refusals.ts";
import { restartUnmanaged, stopUnmanaged, unmanagedPids } from "./unmanaged.ts";

type Seen = (manager: ServiceManager) => void;

/**
 * Starts the service; one that runs is left alone. A definition that cannot do what is asked for any
 * more is written anew first.
 */
export async function startService(context: CommandContext, seen: Seen): Promise<ServiceAnswer> {
  const service = await findService(context);
  const { manager } = service;
  seen(manager);
  refuseInvalidConfig(service);
  await refuseNewerConfig(context, service, "start the gateway service");
  const definition = await manager.readDefinition();
  if (definition === undefined) {
    return await alreadyRuns(context, service) ?? notInstalled(manager);
  }
  const { repairDefinition } = await import("./repair.ts");
  const repaired = await repairDefinition(context, definition);
  const report = repaired?.report ?? await manager.start();
  await waitForHealth({
    manager,
    port: repaired?.port ?? installedPort(definition) ?? service.port,
    clock: context.clock,
  });
  return { result: "started", ...report };
}

/** Stops the service, and with `--disable` keeps it off. */
export async function stopService(context: CommandContext, seen: Seen): Promise<ServiceAnswer> {
  const service = await findService(context);
  const { manager } = service;
  seen(manager);
  await refuseNewerConfig(context, service, "stop the gateway service");
  const disable = context.options.flag("disable");
  const isKnown = await manager.readDefinition() !== undefined || await manager.isLoaded();
  if (!isKnown && !disable) {
    return await stopUnmanaged(context, service) ?? notInstalled(manager);
  }
  return { result: "stopped", ...(await manager.stop({ disable })) };
}

/** Restarts the service, after a crash loop too, and waits until it serves. */
export async function restartService(context: CommandContext, seen: Seen): Promise<ServiceAnswer> {
  const service = await findService(context);
  const { manager } = service;
  seen(manager);
  refuseInvalidConfig(service);
  await refuseNewerConfig(context, service, "restart the gateway service");
  const definition = await manager.readDefinition();
  if (definition !== undefined && await isInsideService(context, service)) {
    return await scheduleRestart(context, manager);
  }
  const budgetMs = await drainBudgetMs(context, service);
  if (definition === undefined) {
    return await restartUnmanaged(context, service, { budgetMs }) ?? notInstalled(manager);
  }
  if (budgetMs !== undefined) await waitForWork(context, service.state, budgetMs);
  const { tokenDriftWarnings } = await import("./token_drift.ts");
  const drift = await tokenDriftWarnings(context, service.state, definition);
  await noteIntent(context, service, definition);
  const report = await manager.restart();
  await waitForHealth({
    manager,
    port: installedPort(definition) ?? service.port,
    clock: context.clock,
    verb: "restart",
  });
  return { result: "restarted", ...report, warnings: [...drift, ...report.warnings] };
}

/** Tells the gateway that the signal to come is not its end, so that it tells its clients. */
async function noteIntent(
  { clock, options, out }: CommandContext,
  { manager, state: { paths } }: ProfileService,
  { environment }: ServiceDefinition,
): Promise<void> {
  // A note of root's could not be read by the account of a service of the system; Windows sends no
  // signal that would be judged by one.
  if (options.flag("system") || manager.kind === "schtasks") return;
  const { pid } = await manager.readRuntime();
  if (pid === undefined) return;
  const { writeRestartIntent } = await import("../../platform/mod.ts");
  const stateDir = environment.OPENCLAW_STATE_DIR ?? paths.stateDir;
  try {
    await writeRestartIntent(stateDir, pid, clock);
  } catch (error) {
    out.note(`Clients are told of an end instead of a restart: ${errorMessage(error)}`);
  }
}

/** The answer for a gateway that serves without a service. */
async function alreadyRuns(
  context: CommandContext,
  service: ProfileService,
): Promise<ServiceAnswer | undefined> {
  const pids = await unmanagedPids(context, service);
  if (pids.length === 0) return undefined;
  const line = `Gateway runs already, unmanaged, on port ${service.port}: ${pids.join(", ")}.`;
  return { result: "started", lines: [line] };
}

/** Takes the service away, with everything that its installation wrote. */
export async function uninstallService(
  context: CommandContext,
  seen: Seen,
): Promise<ServiceAnswer> {
  const service = await findService(context);
  const { manager } = service;
  seen(manager);
  await refuseNewerConfig(context, service, "uninstall the gateway service");
  const report = await manager.uninstall();
  if (await manager.isLoaded()) {
    throw new AppError(
      "SERVICE_UNINSTALL_FAILED",
      "Gateway service still loaded after uninstall",
      { hint: manager.logHint() },
    );
  }
  return { result: "uninstalled", ...report };
}

/** How long work under way may take; `undefined` for not at all, 0 for without end. */
async function drainBudgetMs(
  { options }: CommandContext,
  { state }: ProfileService,
): Promise<number | undefined> {
  if (options.flag("force")) return undefined;
  const wait = options.text("wait");
  if (wait !== undefined) {
    const { parseDuration } = await import("../../config/mod.ts");
    const waitMs = parseDuration(wait);
    if (waitMs !== undefined) return waitMs;
    throw new AppError("USAGE", `Cannot read --wait "${wait}": it is no duration`, {
      hint: "openclaw gateway restart --wait 90s",
    });
  }
  return workBudgetMs(state);
}

function notInstalled(manager: ServiceManager): ServiceAnswer {
  return {
    result: "not-loaded",
    lines: [`Gateway service ${manager.notLoadedText}.`],
    hints: manager.startHints(),
  };
}
