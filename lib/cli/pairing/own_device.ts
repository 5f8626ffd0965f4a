/**
 * This machine as one of the devices that a command changes: its connection ends with its token.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";
import { isConfiguredRemote, type Target } from "../remote/target.ts";

/** A gateway closes the connections of a device that lost its right. */
const CLOSE_LOST_RIGHT = 4001;

/** A token to keep instead of the one that ended. */
export interface NewToken {
  readonly token: string;
  readonly scopes: string[];
}

/** The id of this machine as a device, where it comes as one. */
export async function ownDeviceId(
  { env }: CommandContext,
  target: Target,
): Promise<string | undefined> {
  if (!target.needsDevice) return undefined;
  const { resolvePaths } = await import("../../config/mod.ts");
  const { loadIdentity } = await import("../../devices/client.ts");
  return (await loadIdentity(resolvePaths(env).stateDir))?.deviceId;
}

/** Whether the connection ended because its device lost its right. */
export function isCutOff(error: unknown): boolean {
  return error instanceof AppError && error.details?.closeCode === CLOSE_LOST_RIGHT;
}

/** Forgets this machine's stored token, or keeps a new one in its place. */
export async function replaceOwnToken(
  { env, clock }: CommandContext,
  target: Target,
  deviceId: string,
  next?: NewToken,
): Promise<void> {
  const { resolvePaths } = await import("../../config/mod.ts");
  const { dropGatewayToken, writeGatewayToken } = await import("../../devices/client.ts");
  const { stateDir } = resolvePaths(env);
  const role = "operator";
  const place = { stateDir, deviceId, url: target.url, isShared: isConfiguredRemote(target) };
  if (next === undefined) return await dropGatewayToken(place, role);
  const { token, scopes } = next;
  await writeGatewayToken(place, { token, role, scopes, updatedAtMs: clock.now() });
}
