/**
 * What a database says about pairing, read by somebody who changes nothing.
 *
 * @module
 */
import type { Connection } from "../store/mod.ts";
import { DeviceTable } from "./device_table.ts";
import { RequestTable } from "./request_table.ts";
import type { PairedDevice, PairingRequest } from "./types.ts";

/** The devices that wait and those that are approved, the newest first. */
export function lookAtPairing(
  connection: Connection,
  now: number,
): { pending: PairingRequest[]; paired: PairedDevice[] } {
  return {
    pending: new RequestTable(connection).all(now),
    paired: new DeviceTable(connection).all(),
  };
}
