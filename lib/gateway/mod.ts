/**
 * The gateway: one port, WebSocket and HTTP, runs and their events. The only room that composes the
 * others.
 *
 * @module
 */
export { liveSecret } from "./auth/settings.ts";
export type { SharedSecret } from "./authenticator.ts";
export { Gateway } from "./gateway.ts";
export type { GatewayOptions } from "./gateway_options.ts";
export type { GatewayRunOptions } from "./options.ts";
export { runGateway } from "./run.ts";
export { isHeld, runThroughConflicts } from "./supervised/conflict.ts";
export { supervisedExitStatus } from "./supervised/exit_status.ts";
export { tokenFilePath } from "./token_file.ts";
export { WsLog, type WsLogStyle } from "./ws_log.ts";
