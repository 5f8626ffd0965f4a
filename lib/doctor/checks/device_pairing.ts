/**
 * Devices: who waits for a decision, who was not seen for long.
 *
 * @module
 */
import { formatDuration } from "../../base/mod.ts";
import type { Check } from "../types.ts";

const ID = "doctor:device-pairing";
/** A device that was not seen for this long has probably been put away. */
const STALE_MS = 90 * 24 * 3_600_000;
const MAX_NAMED = 5;

/** Pending requests and forgotten devices. */
export const devicePairing: Check = {
  id: ID,
  title: "Device pairing",
  async run({ database, clock }) {
    const { waiting, paired } = await database();
    const now = clock.now();
    const stale = paired.filter(({ lastSeenAt }) => now - lastSeenAt > STALE_MS);
    return [
      ...waiting.map(({ requestId, name, ts }) => ({
        id: `${ID}.pending`,
        severity: "info" as const,
        message: `${name} waits for approval since ${formatDuration(Math.max(0, now - ts))}`,
        fix: `openclaw devices approve ${requestId}`,
      })),
      ...(stale.length === 0 ? [] : [{
        id: `${ID}.stale`,
        severity: "info" as const,
        message: `${stale.length} device(s) were not seen for 90 days and may still connect`,
        detail: stale.slice(0, MAX_NAMED).map(({ name, deviceId }) => `${name} (${deviceId})`),
        fix: `openclaw devices remove ${stale[0]!.deviceId}`,
      }]),
    ];
  },
};
