/**
 * The shapes of all results and event payloads, as types only.
 *
 * Shapes that a client also sends are taken from the schemas in `methods/`.
 *
 * @module
 */
export type * from "./agents.ts";
export type * from "./approvals.ts";
export type * from "./by_method.ts";
export type * from "./channels.ts";
export type * from "./config.ts";
export type * from "./cron.ts";
export type * from "./devices.ts";
export type * from "./nodes.ts";
export type * from "./runs.ts";
export type * from "./sessions.ts";
export type * from "./system.ts";
export type * from "./tools.ts";
export type * from "./usage.ts";
export type * from "./voice.ts";
