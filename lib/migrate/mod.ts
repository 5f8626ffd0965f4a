/**
 * Taking over the config and the state of an earlier gateway, as a command does it.
 *
 * @module
 */
export { migrate, type MigrationOptions } from "./run.ts";
export type { MigrationItem, MigrationKind, MigrationReport } from "./types.ts";
