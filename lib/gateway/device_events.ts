/**
 * Devices as a running gateway has them: what happens to them is told to clients, and a device that
 * lost its right loses its sockets.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import { DevicePairing, type DeviceRevocation, DeviceTokens, SetupCodes } from "../devices/mod.ts";
import { CLOSE, CLOSE_REASON } from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import type { Admission } from "./admission.ts";
import type { Broadcaster } from "./broadcaster.ts";

/** Opens the devices of a store. */
export function openDevices(store: Store, clock: Clock, broadcaster: Broadcaster): Admission {
  // In a later task: a device that ends its own right still gets the answer to that call.
  const onRevoked = (revocation: DeviceRevocation) =>
    void setTimeout(() => cutOff(broadcaster, revocation), 0);
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
