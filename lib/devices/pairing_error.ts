/**
 * The failures of this room, worded as clients of the protocol know them.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";

/** No live request has this id. */
export function unknownRequest(requestId: string, kind: "devices" | "nodes"): AppError {
  return new AppError("PAIRING_REQUEST_NOT_FOUND", "unknown requestId", {
    hint: kind === "devices" ? "openclaw devices list" : "openclaw nodes pending",
    details: { requestId },
  });
}

/** The request asks for more than what the approver has seen. */
export function changedRequest(requestId: string): AppError {
  return new AppError(
    "PAIRING_REQUEST_CHANGED",
    `Cannot approve request "${requestId}": it asks for more now than when it was shown`,
    { hint: "openclaw devices list", details: { requestId } },
  );
}

/** No device has this id. */
export function unknownDevice(deviceId: string): AppError {
  return new AppError("DEVICE_NOT_FOUND", "unknown deviceId", {
    hint: "openclaw devices list",
    details: { deviceId },
  });
}

/** No node has this id. */
export function unknownNode(nodeId: string): AppError {
  return new AppError("NODE_NOT_FOUND", "unknown nodeId", {
    hint: "openclaw nodes list",
    details: { nodeId },
  });
}

/** The caller may not hand out what it does not hold. */
export function missingApproverScope(scope: string): AppError {
  return new AppError("SCOPE_MISSING", `missing scope: ${scope}`, {
    hint: `Repeat it as a device that holds ${scope}; see: openclaw devices list`,
    details: { missingScope: scope },
  });
}
