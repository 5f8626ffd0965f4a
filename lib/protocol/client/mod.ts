/**
 * The typed client of a gateway; loads no schemas.
 *
 * @module
 */
export { GatewayClient } from "./client.ts";
export type { CloseInfo } from "./failures.ts";
export {
  connectWithRetry,
  isFinalFailure,
  retryDelay,
  type RetryNotice,
  type RetryOptions,
} from "./retry.ts";
export type {
  ClientInfo,
  DeviceFacts,
  DeviceProof,
  DeviceSigner,
  GatewayClientOptions,
  RequestOptions,
  Route,
  RouteOpener,
  SequenceGap,
} from "./types.ts";
