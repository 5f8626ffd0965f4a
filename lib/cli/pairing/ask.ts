/**
 * How the commands about devices talk to the gateway: one connection, as many calls as needed.
 *
 * @module
 */
import type { DevicePairListResult } from "../../protocol/mod.ts";
import { ask, type Call } from "../remote/ask.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget, type Target } from "../remote/target.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const PAIRING_METHODS = ["device.pair.list"];

/** The gateway that the command means. */
export async function deviceTarget(context: CommandContext): Promise<Target> {
  return await resolveTarget(context, await readConfigState(context, "address"));
}

/**
 * Connects with the right to manage devices, acts, and closes again.
 *
 * @param scopes What `act` needs besides.
 * @throws {AppError} What connecting fails with, and what the gateway answers.
 */
export async function askGateway<T>(
  context: CommandContext,
  target: Target,
  scopes: readonly string[],
  act: (call: Call) => Promise<T>,
): Promise<T> {
  const timeoutMs = context.options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  return await ask(context, target, { timeoutMs, methods: PAIRING_METHODS, scopes }, act);
}

/** Everything that waits and everything that is approved. */
export function listDevices(call: Call): Promise<DevicePairListResult> {
  return call<DevicePairListResult>("device.pair.list");
}
