/**
 * Asks a gateway for its health, as `health` and `gateway health` do.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { withExitCode } from "../errors.ts";
import type { CommandContext } from "../table.ts";
import { readConfigState } from "./config_state.ts";
import { callGateway } from "./connection.ts";
import { resolveTarget } from "./target.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The health snapshot, who gave it, and how long it took in milliseconds. `--timeout` is heeded.
 *
 * @throws {AppError} whatever keeps the gateway from answering; the exit code is 1
 */
export async function askHealth(context: CommandContext) {
  const { options, clock } = context;
  const state = await readConfigState(context, "address");
  const target = await resolveTarget(context, state);
  const startedAt = clock.monotonic();
  const health = await callGateway(context, target, { method: "health" }, {
    timeoutMs: options.number("timeout") ?? DEFAULT_TIMEOUT_MS,
  }).catch((error) => {
    throw error instanceof AppError ? withExitCode(error, 1) : error;
  });
  return { health, target, tookMs: Math.round(clock.monotonic() - startedAt) };
}
