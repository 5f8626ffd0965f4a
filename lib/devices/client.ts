/**
 * The half of this room that a client of a gateway needs: identity, signature, stored tokens. A door
 * of its own, so that a command does not load the other half.
 *
 * @module
 */
export {
  deviceAuthPath,
  dropStoredToken,
  readStoredToken,
  type StoredDeviceToken,
  writeStoredToken,
} from "./device_auth_file.ts";
export {
  dropGatewayToken,
  gatewayTokensPath,
  readGatewayToken,
  type TokenPlace,
  writeGatewayToken,
} from "./gateway_token_file.ts";
export { type DeviceIdentity, ensureIdentity, identityPath, loadIdentity } from "./identity.ts";
export { createDeviceSigner } from "./signer.ts";
