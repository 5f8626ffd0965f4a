/**
 * The client's half of the device proof.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import type { DeviceSigner } from "../protocol/client/mod.ts";
import type { DeviceIdentity } from "./identity.ts";
import { signedText } from "./signed_text.ts";

/** A signer for a gateway client; signs the newest form. */
export function createDeviceSigner(
  identity: Pick<DeviceIdentity, "deviceId" | "publicKeyBase64Url" | "sign">,
  clock: Clock,
): DeviceSigner {
  return {
    sign: async ({ nonce, client, role, scopes, token }) => {
      const signedAt = clock.now();
      const text = signedText("v3", {
        deviceId: identity.deviceId,
        clientId: client.id,
        clientMode: client.mode,
        role,
        scopes,
        signedAtMs: signedAt,
        token,
        nonce,
        platform: client.platform,
        deviceFamily: client.deviceFamily,
      });
      return {
        id: identity.deviceId,
        publicKey: identity.publicKeyBase64Url,
        signature: await identity.sign(text),
        signedAt,
        nonce,
      };
    },
  };
}
