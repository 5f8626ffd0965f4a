/**
 * Tailscale beside the start of a gateway, which never waits for it.
 *
 * @module
 */
import { AppError, errorMessage, type Logger } from "../../base/mod.ts";
import { runCommand } from "../../platform/mod.ts";
import type { Gateway } from "../gateway.ts";
import type { StartPlan } from "../start_plan.ts";
import type { Exposure } from "./exposure.ts";

/** Lets Tailscale forward to the gateway; when it cannot, the log says so and the gateway serves on. */
export async function exposeByTailscale(
  { tailscale: wish, tls }: StartPlan,
  { port }: Gateway,
  log: Logger,
): Promise<Exposure | undefined> {
  if (wish.mode === "off") return undefined;
  const { expose } = await import("./exposure.ts");
  try {
    return await expose({ wish, port, hasTls: tls !== undefined, run: runCommand, log });
  } catch (error) {
    const fix = error instanceof AppError && error.hint ? `; fix: ${error.hint}` : "";
    log.error(`${errorMessage(error)}${fix}`);
    return undefined;
  }
}
