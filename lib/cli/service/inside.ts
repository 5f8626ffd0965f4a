/**
 * A restart that is asked for from inside of the service, such as by a command that an agent runs: it
 * must not end half way with the process it ends.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { ServiceManager } from "../../service/mod.ts";
import type { CommandContext } from "../table.ts";
import type { ServiceAnswer } from "./answer.ts";
import type { ProfileService } from "./installed.ts";

/** Whether this command ends when the service does. */
export async function isInsideService(
  { env }: CommandContext,
  { manager, names }: ProfileService,
): Promise<boolean> {
  if (manager.kind !== "launchd") return false;
  const { isInsideJob } = await import("../../service/mod.ts");
  return isInsideJob(env, names.launchdLabel);
}

/**
 * Asks the gateway to restart by itself; one that does not answer is left to its manager, which needs
 * no more of this command than the one request.
 */
export async function scheduleRestart(
  context: CommandContext,
  manager: ServiceManager,
): Promise<ServiceAnswer> {
  const { askForRestart, restartMessage } = await import("./safe_restart.ts");
  try {
    const skipDeferral = context.options.flag("force");
    const { status, preflight } = await askForRestart(context, skipDeferral);
    return { result: "scheduled", lines: [restartMessage(status, preflight.summary)] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await manager.restart();
    return { result: "scheduled", lines: [restartMessage("scheduled", "")] };
  }
}
