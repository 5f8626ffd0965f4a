/**
 * Devices as a running gateway has them: what happens to them is told to clients, and a device that
 * lost its right loses its sockets.
 *
 * @module
 */
import { AppError, type Clock, type Logger } from "../base/mod.ts";
import {
  DevicePairing,
  type DeviceRevocation,
  DeviceTokens,
  importPairings,
  SetupCodes,
} from "../devices/mod.ts";
import { CLOSE, CLOSE_REASON } from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import type { Admission } from "./admission.ts";
import type { Broadcaster } from "./broadcaster.ts";

/**
 * Takes over the devices that an earlier gateway paired, once. What cannot be read is logged and
 * tried again at the next start: it must not keep the gateway down.
 */
export async function takeOverDevices(
  stateDir: string,
  store: Store,
  clock: Clock,
  log: Logger,
): Promise<void> {
  try {
    const { devices, nodes, unusable } = await importPairings(stateDir, store, clock);
    if (devices + nodes > 0) log.info(`taken over: paired devices ${devices}, nodes ${nodes}`);
    for (const { path, reason } of unusable) log.warn(`cannot take over ${path}: ${reason}`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn(`cannot take over paired devices: ${error.message}`);
  }
}

/** Ends the connections of a device that lost its right, once the caller has its answer. */
export function endRevoked(broadcaster: Broadcaster): (revocation: DeviceRevocation) => void {
  // In a later task: a device that ends its own right still gets the answer to that call.
  return (revocation) => void setTimeout(() => cutOff(broadcaster, revocation), 0);
}

/** Opens the devices of a store. */
export function openDevices(store: Store, clock: Clock, broadcaster: Broadcaster): Admission {
  const onRevoked = endRevoked(broadcaster);
  return {
    pairing: new DevicePairing(store, clock, {
      onRequested: (request) => broadcaster.broadcast("device.pair.requested", request),
      onResolved: (resolution) => broadcaster.broadcast("device.pair.resolved", resolution),
      onRevoked,
    }),
    tokens: new DeviceTokens(store, clock, { onRevoked }),
    setupCodes: new SetupCodes(store, clock),
  };
}

function cutOff(broadcaster: Broadcaster, { deviceId, role }: DeviceRevocation): void {
  for (const client of broadcaster.clients()) {
    const { identity } = client;
    if (identity.deviceId !== deviceId || (role !== undefined && identity.role !== role)) continue;
    client.close(CLOSE.AUTH_CHANGED, CLOSE_REASON.DEVICE_REMOVED);
  }
}
