/**
 * The refusal of a connect whose device waits for an approval.
 *
 * @module
 */
import type { ErrorShape } from "../protocol/mod.ts";
import type { PendingVerdict } from "./pairing.ts";
import type { PairingReason } from "./types.ts";

/** `error.details` of the refusal. */
export interface PairingRequiredDetails {
  code: "PAIRING_REQUIRED";
  reason: PairingReason;
  requestId: string;
  /** The one command that ends it. */
  remediationHint: string;
  deviceId: string;
  requestedRole: string;
  requestedScopes: string[];
  approvedRoles?: string[];
  approvedScopes?: string[];
}

const MESSAGES: Readonly<Record<PairingReason, string>> = {
  "not-paired": "device is not approved yet",
  "role-upgrade": "device asks for another role",
  "scope-upgrade": "device asks for more scopes than approved",
  "metadata-upgrade": "device describes itself differently",
};

/** The error of the answer; the socket is then closed with 1008 and the message. */
export function pairingRequired(
  { request, reason, requested, device }: PendingVerdict,
): ErrorShape & { details: PairingRequiredDetails } {
  const { requestId, deviceId } = request;
  return {
    code: "NOT_PAIRED",
    message: `pairing required: ${MESSAGES[reason]} (requestId: ${requestId})`,
    details: {
      code: "PAIRING_REQUIRED",
      reason,
      requestId,
      remediationHint: `openclaw devices approve ${requestId}`,
      deviceId,
      requestedRole: requested.role,
      requestedScopes: requested.scopes,
      ...(device === undefined
        ? {}
        : { approvedRoles: device.roles, approvedScopes: device.scopes }),
    },
  };
}
