/**
 * How the commands about jobs and events talk to the gateway: one call each.
 *
 * @module
 */
import { readConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { resolveTarget } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

/** Calls one method of the gateway that the command means. */
export async function ask<T>(
  context: CommandContext,
  method: string,
  params: unknown = {},
): Promise<T> {
  const target = await resolveTarget(context, await readConfigState(context, "address"));
  const timeoutMs = context.options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  return await callGateway(context, target, { method, params }, { timeoutMs }) as T;
}
