/**
 * Which request or device an id on the command line means.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { DevicePairListResult, PairedDeviceRow, PendingDevice } from "../../protocol/mod.ts";

const DEVICES = { kind: "device", list: "devices list" };
const REQUESTS = { kind: "request", list: "devices list" };

/**
 * The request whose own id or whose device's id begins with `text`.
 *
 * @throws {AppError} `PAIRING_REQUEST_NOT_FOUND` or `USAGE`
 */
export function findRequest(list: DevicePairListResult, text: string): PendingDevice {
  const found = only(
    text,
    REQUESTS,
    list.pending,
    ({ requestId, deviceId }) => [requestId, deviceId],
  );
  if (found !== undefined) return found;
  const isPaired = list.paired.some(({ deviceId }) => begins(deviceId, text));
  throw new AppError(
    "PAIRING_REQUEST_NOT_FOUND",
    `Cannot find a pairing request "${text}": ` +
      (isPaired
        ? "it is a device that is approved and asks for nothing"
        : "none begins with it; a request ends five minutes after the device last asked"),
    { hint: "openclaw devices list" },
  );
}

/**
 * The request that grew or came last.
 *
 * @throws {AppError} `PAIRING_REQUEST_NOT_FOUND`
 */
export function latestRequest({ pending }: DevicePairListResult): PendingDevice {
  const [latest] = pending.toSorted((one, other) => other.ts - one.ts);
  if (latest !== undefined) return latest;
  throw new AppError(
    "PAIRING_REQUEST_NOT_FOUND",
    "Cannot approve the latest pairing request: no device is waiting",
    { hint: "openclaw devices list" },
  );
}

/**
 * The approved device whose id begins with `text`.
 *
 * @throws {AppError} `DEVICE_NOT_FOUND` or `USAGE`
 */
export function findDevice(list: DevicePairListResult, text: string): PairedDeviceRow {
  const found = only(text, DEVICES, list.paired, ({ deviceId }) => [deviceId]);
  if (found !== undefined) return found;
  const waiting = list.pending.find((row) =>
    begins(row.deviceId, text) || begins(row.requestId, text)
  );
  throw new AppError(
    "DEVICE_NOT_FOUND",
    `Cannot find an approved device "${text}": ` +
      (waiting === undefined ? "no id begins with it" : "it waits for approval"),
    {
      hint: waiting === undefined
        ? "openclaw devices list"
        : `openclaw devices reject ${waiting.requestId}`,
    },
  );
}

/**
 * The role whose token is meant.
 *
 * @throws {AppError} `USAGE` when the device has several and none was named.
 */
export function tokenRole(device: PairedDeviceRow, wanted: string | undefined): string {
  const [role, ...more] = device.roles;
  if (wanted !== undefined) return wanted;
  if (role !== undefined && more.length === 0) return role;
  throw new AppError(
    "USAGE",
    `Missing --role: device "${device.deviceId}" has the roles ${device.roles.join(" and ")}`,
    { hint: "Add --role operator or --role node" },
  );
}

/**
 * The one row that an id means; an id that is given in full wins over those that it only begins.
 *
 * @param list The command that shows all rows.
 * @throws {AppError} `USAGE` when several begin with it.
 */
export function only<T>(
  text: string,
  { kind, list }: { kind: string; list: string },
  rows: readonly T[],
  idsOf: (row: T) => readonly string[],
): T | undefined {
  const exact = rows.find((row) => idsOf(row).includes(text));
  if (exact !== undefined) return exact;
  const matches = rows.filter((row) => idsOf(row).some((id) => begins(id, text)));
  if (matches.length <= 1) return matches[0];
  throw new AppError(
    "USAGE",
    `Cannot tell which ${kind} "${text}" means: ${matches.length} begin with it`,
    { hint: `Give more of the id: openclaw ${list} --json` },
  );
}

function begins(id: string, text: string): boolean {
  return text !== "" && id.startsWith(text.toLowerCase());
}
