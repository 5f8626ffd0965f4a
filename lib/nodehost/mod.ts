/**
 * The headless node host: connects to a gateway and runs commands for it, within the exec policy of
 * its own machine. Importing this module does nothing.
 *
 * @module
 */
export type { Machine } from "./command_table.ts";
export { type NodeHostOptions, runNodeHost } from "./host.ts";
export { loadNodeFile, type NodeFile, saveNodeFile } from "./node_file.ts";
