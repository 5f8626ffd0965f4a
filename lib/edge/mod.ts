/**
 * The guard in front of a listener that others than this machine can reach: deadlines, caps, strict
 * HTTP, and the power to cut a connection. What passes is handed to the runtime's own server.
 *
 * @module
 */
export { EdgeGuard, type EdgeGuardOptions, type EdgeHandler } from "./guard.ts";
export { EDGE_LIMITS, type EdgeLimits } from "./limits.ts";
export type { EdgeLine } from "./line.ts";
export type { EdgeTls } from "./tls_terminator.ts";
