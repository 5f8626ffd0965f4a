/**
 * Methods about paired devices and their tokens.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { hasScope, type Role } from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import type { Client } from "../client.ts";
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";

/** `device.pair.*` and `device.token.*`. */
export function deviceMethods(state: GatewayState): Handlers {
  const { pairing } = state.devices;
  return {
    "device.pair.list": () => pairing.list(),
    "device.pair.approve": ({ params, client }) =>
      pairing.approve(params.requestId, client.identity.scopes, {
        seenUpdatedAtMs: params.seenUpdatedAtMs,
      }),
    "device.pair.reject": ({ params }) => pairing.reject(params.requestId),
    "device.pair.remove": ({ params, client }) => {
      requireOwnDevice(client, params.deviceId);
      return pairing.remove(params.deviceId);
    },
    "device.token.rotate": ({ params, client }) => rotateToken(state, params, client),
    "device.token.revoke": ({ params, client }) => {
      requireOwnDevice(client, params.deviceId);
      return state.devices.tokens.revoke(params.deviceId, params.role as Role);
    },
  };
}

/** The new token is shown only to the device whose it is. */
async function rotateToken(
  { devices }: GatewayState,
  { deviceId, role, scopes }: MethodParams<"device.token.rotate">,
  client: Client,
): Promise<unknown> {
  requireOwnDevice(client, deviceId);
  const { identity } = client;
  const issued = await devices.tokens.rotate(deviceId, role as Role, {
    scopes,
    callerScopes: identity.scopes,
  });
  return {
    deviceId,
    role: issued.role,
    scopes: issued.scopes,
    rotatedAtMs: issued.issuedAtMs,
    ...(identity.deviceId === deviceId ? { token: issued.token } : {}),
  };
}

/** A device without admin manages itself only. */
function requireOwnDevice({ identity }: Client, deviceId: string): void {
  if (identity.deviceId === undefined || identity.deviceId === deviceId) return;
  if (hasScope(identity.scopes, "operator.admin")) return;
  throw new AppError("SCOPE_MISSING", "missing scope: operator.admin", {
    hint: "A device without operator.admin can change itself only",
  });
}
