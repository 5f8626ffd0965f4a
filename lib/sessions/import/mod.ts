/**
 * Conversations of an earlier gateway: finding them, and taking them over. Loaded when there are some.
 *
 * @module
 */
export { findSessionFolders, hasSessionFolders, IMPORTED_KEY } from "./locate.ts";
export { importSessions } from "./import_sessions.ts";
export type { SessionFolder } from "./folder.ts";
export type {
  DamagedLine,
  ImportAction,
  ImportItem,
  ImportOptions,
  SessionImport,
} from "./types.ts";
